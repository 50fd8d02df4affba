import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { metaAccount } from '../../sandbox/accounts';
import { checkoutFolder } from '../../sandbox/checkout';
import { freePort } from '../../sandbox/n8n/freePort';
import { eventually, pause, World } from './world';

/** The very text of the documentation, with the ports of this test. */
function documentedRule(n8nUrl: string): string {
	const page = readFileSync(join(checkoutFolder, 'docs/behind-a-proxy.md'), 'utf8');
	const rule = /```nginx\n(.*?)```/s.exec(page)?.[1];
	if (rule === undefined) throw new Error('docs/behind-a-proxy.md has no rule for nginx any more.');
	return rule.replaceAll('http://127.0.0.1:5678', n8nUrl);
}

function startNginx(folder: string, port: number, rule: string): ChildProcess {
	mkdirSync(folder);
	const file = join(folder, 'nginx.conf');
	writeFileSync(
		file,
		`daemon off; pid ${folder}/pid; error_log ${folder}/error.log; worker_processes 1; ${process.getuid?.() === 0 ? 'user root;' : ''}
worker_rlimit_nofile 16384; events { worker_connections 8192; }
http {
	access_log off;
	${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
	server { listen 127.0.0.1:${port};
${rule}
	}
}`,
	);
	return spawn('nginx', ['-p', folder, '-c', file], { stdio: 'ignore' });
}

function metaRequest(id: string, phone: string, text: string): RequestInit {
	const from = phone.slice(1);
	const value = {
		messaging_product: 'whatsapp',
		metadata: { display_phone_number: metaAccount.phone.slice(1), phone_number_id: metaAccount.phoneNumberId },
		contacts: [{ wa_id: from, profile: { name: 'Anna' } }],
		messages: [{ from, id, timestamp: String(Math.floor(Date.now() / 1_000)), type: 'text', text: { body: text } }],
	};
	const body = JSON.stringify({
		object: 'whatsapp_business_account',
		entry: [{ id: metaAccount.businessAccountId, changes: [{ field: 'messages', value }] }],
	});
	const signature = createHmac('sha256', metaAccount.appSecret).update(body).digest('hex');
	return {
		method: 'POST',
		headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
		body,
	};
}

describe('Behind nginx with the documented rule', () => {
	let world: World | undefined;
	let nginx: ChildProcess | undefined;
	afterEach(async () => {
		nginx?.kill();
		await world?.close();
	});

	it('every webhook sent while n8n restarts is processed, or refused so that the provider comes again', async () => {
		const running = (world = await World.start());
		const port = await freePort();
		nginx = startNginx(join(running.folder, 'nginx'), port, documentedRule(running.sandbox.n8nUrl));
		const url = (running.sandbox.urls.meta ?? '').replace(running.sandbox.n8nUrl, `http://127.0.0.1:${port}`);
		const answers = new Map<string, number>();
		let sent = 0;
		const send = async (): Promise<number> => {
			const id = `wamid.proxy.${++sent}`;
			const phone = `+3933355${String(sent).padStart(5, '0')}`;
			// 0: nginx itself was not reached.
			const status = await fetch(url, metaRequest(id, phone, 'STOP')).then(
				(answer) => answer.status,
				() => 0,
			);
			answers.set(id, status);
			return status;
		};
		await eventually(async () => ((await send()) === 200 ? true : undefined));
		answers.clear();

		let isOver = false;
		const open = new Set<Promise<unknown>>();
		const stream = (async () => {
			while (!isOver) {
				const request = send().finally(() => open.delete(request));
				open.add(request);
				await pause(50);
			}
		})();
		try {
			await running.sandbox.killN8n();
			await running.sandbox.restartN8n();
			await pause(2_000);
		} finally {
			isOver = true;
			await stream;
		}
		await Promise.all(open);

		const statuses = [...answers.values()];
		expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(10);
		// 404: ready, but this webhook is not registered yet; providers repeat it as they repeat a 503.
		expect([...new Set(statuses)].filter((status) => ![200, 404, 503].includes(status))).toEqual([]);
		const kept = await running.withStore(
			async (store) => await store.db.selectFrom('event').select('provider_event_id as id').execute(),
		);
		const acknowledged = [...answers].flatMap(([id, status]) => (status === 200 ? [id] : []));
		expect(acknowledged.length).toBeGreaterThan(1);
		expect(acknowledged.filter((id) => !kept.some((event) => event.id === id))).toEqual([]);
	}, 420_000);
});
