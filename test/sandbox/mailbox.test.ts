import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '../../sandbox/gateway/gateway';
import { startMailbox } from '../../sandbox/mailbox';
import type { Mailbox } from '../../sandbox/mailbox';

let folder: string;
let mailbox: Mailbox;
beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), 'optin-mailbox-'));
	mailbox = await startMailbox({ port: 0, dataFolder: folder });
});
afterEach(async () => {
	await mailbox.close();
	rmSync(folder, { recursive: true, force: true });
});

const mail = [
	'From: Reports <reports@example.com>',
	'To: boss@example.com',
	'Subject: =?utf-8?Q?Wochenbericht_=E2=80=93_gr=C3=BCn?=',
	'MIME-Version: 1.0',
	'Content-Type: multipart/mixed; boundary=b',
	'',
	'--b',
	'Content-Type: text/html; charset=utf-8',
	'',
	'<h1>Week 47</h1>',
	'--b',
	'Content-Type: text/csv; name=report.csv',
	'Content-Disposition: attachment; filename=report.csv',
	'',
	'a,b',
	'--b--',
];

/** Speaks SMTP as a client does; resolves with the server's replies. */
async function deliver(lines: string[], port: number): Promise<string[]> {
	const replies: string[] = [];
	const commands = [
		'EHLO test',
		`AUTH PLAIN ${Buffer.from('\0any\0body').toString('base64')}`,
		'MAIL FROM:<reports@example.com>',
		'RCPT TO:<boss@example.com>',
		'DATA',
		`${lines.join('\r\n')}\r\n.`,
		'QUIT',
	];
	const socket = connect(port, '127.0.0.1').setEncoding('utf8');
	await new Promise<void>((resolve, reject) => {
		let pending = '';
		socket.on('data', (chunk: string) => {
			pending += chunk;
			// A reply ends with a line that has a blank, not a dash, behind its code.
			if (!/^\d{3} .*\r\n$/m.test(pending)) return;
			replies.push(pending.trim().slice(0, 3));
			pending = '';
			const next = commands.shift();
			if (next !== undefined) socket.write(`${next}\r\n`);
		});
		socket.on('close', () => resolve());
		socket.on('error', reject);
	});
	return replies;
}

test('a mail is taken with any login, parsed, and shown under /control/mails', async () => {
	const gateway = await startGateway({ port: 0, mailbox });
	expect(await deliver(mail, mailbox.port)).toEqual(['220', '250', '235', '250', '250', '354', '250', '221']);
	const [received] = mailbox.mails();
	expect(received).toMatchObject({
		subject: 'Wochenbericht – grün',
		to: 'boss@example.com',
		from: '"Reports" <reports@example.com>',
	});
	expect(received?.html).toContain('<h1>Week 47</h1>');
	expect(received?.attachments).toMatchObject([{ name: 'report.csv', contentType: 'text/csv' }]);
	expect(Buffer.from(received?.attachments[0]?.contentBase64 ?? '', 'base64').toString()).toContain('a,b');

	const { mails } = (await (await fetch(`${gateway.url}/control/mails`)).json()) as {
		mails: Array<{ id: string; subject: string }>;
	};
	expect(mails).toMatchObject([{ subject: 'Wochenbericht – grün' }]);
	const whole = (await (await fetch(`${gateway.url}/control/mails/${mails[0]?.id}`)).json()) as { source: string };
	expect(whole.source).toContain('Content-Type: multipart/mixed');
	await gateway.close();
});

test('mails are there again after a restart, until the mailbox is emptied', async () => {
	await deliver(mail, mailbox.port);
	await mailbox.close();
	mailbox = await startMailbox({ port: 0, dataFolder: folder });
	expect(mailbox.mails()).toHaveLength(1);
	mailbox.clear();
	await mailbox.close();
	mailbox = await startMailbox({ port: 0, dataFolder: folder });
	expect(mailbox.mails()).toEqual([]);
});

test('a test can wait for a mail, and hears when none comes', async () => {
	const waiting = mailbox.waitForMail(({ subject }) => subject.startsWith('Wochenbericht'), 5_000);
	await deliver(mail, mailbox.port);
	expect((await waiting).to).toBe('boss@example.com');
	await expect(mailbox.waitForMail(({ subject }) => subject === 'none', 10)).rejects.toThrow('No such mail');
});

test('only so many mails are kept, the newest first', async () => {
	const small = await startMailbox({ port: 0, mailsKept: 2 });
	for (const n of [1, 2, 3]) await deliver([`Subject: mail ${n}`, '', 'x'], small.port);
	expect(small.mails().map(({ subject }) => subject)).toEqual(['mail 3', 'mail 2']);
	await small.close();
});
