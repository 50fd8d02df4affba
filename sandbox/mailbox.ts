import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import type { AddressObject } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { defaultPorts } from './accounts';
import type { Mail, MailSource } from './gateway/mailSource';
import { SnapshotFile } from './gateway/snapshotFile';

const mostMailBytes = 10_000_000;

export interface MailboxOptions {
	/** 4025 by default; 0: any free one. */
	port?: number;
	/** Where the mails are kept; absent: they end with the mailbox. */
	dataFolder?: string;
	/** 100 by default; older ones fall out. */
	mailsKept?: number;
}

/** Starts an SMTP server on 127.0.0.1 that takes every mail, with any login or none. @throws {Error} EADDRINUSE */
export async function startMailbox(options: MailboxOptions = {}): Promise<Mailbox> {
	const mailbox = new Mailbox(options);
	await mailbox.listen(options.port ?? defaultPorts.smtp);
	return mailbox;
}

/** The mailbox of everybody: what the workflows send by e-mail ends here. */
export class Mailbox implements MailSource {
	private received: Mail[];
	private readonly listeners = new Set<() => void>();
	private readonly snapshot: SnapshotFile<Mail[]>;
	private readonly server: SMTPServer;

	private readonly mailsKept: number;

	constructor({ dataFolder, mailsKept = 100 }: MailboxOptions) {
		this.mailsKept = mailsKept;
		this.snapshot = new SnapshotFile(
			dataFolder === undefined ? null : join(dataFolder, 'mails.json'),
			() => this.received,
		);
		this.received = this.snapshot.read() ?? [];
		this.server = new SMTPServer({
			authOptional: true,
			allowInsecureAuth: true,
			disabledCommands: ['STARTTLS'],
			disableReverseLookup: true,
			size: mostMailBytes,
			onAuth: (_auth, _session, done) => done(null, { user: 'anybody' }),
			onData: (stream, _session, done) => {
				const chunks: Buffer[] = [];
				stream.on('data', (chunk: Buffer) => chunks.push(chunk));
				stream.on('end', () => {
					// A mail cut at the limit is refused whole, as a real server does.
					if (stream.sizeExceeded) {
						done(Object.assign(new Error('The message is too big.'), { responseCode: 552 }));
						return;
					}
					this.take(Buffer.concat(chunks)).then(() => done(), done);
				});
			},
		});
		// A client that hangs up is no reason to end.
		this.server.on('error', () => undefined);
	}

	get port(): number {
		return (this.server.server.address() as AddressInfo).port;
	}

	async listen(port: number): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			this.server.server.once('error', reject);
			this.server.listen(port, '127.0.0.1', resolve);
		});
	}

	async close(): Promise<void> {
		this.snapshot.close();
		await new Promise<void>((resolve) => this.server.close(() => resolve()));
	}

	mails(): readonly Mail[] {
		return this.received;
	}

	clear(): void {
		this.received = [];
		this.changed();
	}

	onChange(listener: () => void): void {
		this.listeners.add(listener);
	}

	/** Resolves with the first mail that fits, also one that is already here. @throws {Error} when none came in time */
	async waitForMail(fits: (mail: Mail) => boolean, timeoutMs: number): Promise<Mail> {
		const here = this.received.find(fits);
		if (here !== undefined) return here;
		return await new Promise((resolve, reject) => {
			const stop = (): void => {
				clearTimeout(timer);
				this.listeners.delete(look);
			};
			const timer = setTimeout(() => {
				stop();
				reject(new Error(`No such mail came within ${timeoutMs} ms; there are ${this.received.length} others.`));
			}, timeoutMs);
			const look = (): void => {
				const mail = this.received.find(fits);
				if (mail === undefined) return;
				stop();
				resolve(mail);
			};
			this.listeners.add(look);
		});
	}

	private async take(source: Buffer): Promise<void> {
		const parsed = await simpleParser(source);
		this.received.unshift({
			id: randomUUID(),
			at: Date.now(),
			from: parsed.from?.text ?? '',
			to: addresses(parsed.to),
			subject: parsed.subject ?? '(no subject)',
			text: parsed.text ?? '',
			html: parsed.html || null,
			attachments: parsed.attachments.map((attachment) => ({
				name: attachment.filename ?? 'attachment',
				contentType: attachment.contentType,
				sizeBytes: attachment.size,
				contentBase64: attachment.content.toString('base64'),
			})),
			source: source.toString('utf8'),
		});
		this.received.splice(this.mailsKept);
		this.changed();
	}

	private changed(): void {
		this.snapshot.changed();
		for (const listener of this.listeners) listener();
	}
}

function addresses(to: AddressObject | AddressObject[] | undefined): string {
	return (Array.isArray(to) ? to : [to]).map((address) => address?.text ?? '').join(', ');
}
