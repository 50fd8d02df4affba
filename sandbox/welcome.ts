import { n8nOwner, pageLogin } from './accounts';
import type { Sandbox } from './sandbox';

/** What stands on the terminal when everything runs: where to look and what to try. */
export function welcome(sandbox: Sandbox): string {
	const lines = [
		['Phones', `${sandbox.gatewayUrl}/`],
		['Mailbox', `${sandbox.gatewayUrl}/mailbox`],
		...(sandbox.urls.form === null ? [] : [['Form', sandbox.urls.form]]),
		...(sandbox.urls.registrations === null
			? []
			: [
					['List', sandbox.urls.registrations],
					['', `of registrations; log in as ${pageLogin.user} with ${pageLogin.password}`],
				]),
		['n8n', sandbox.n8nUrl],
		['', `log in as ${n8nOwner.email} with ${n8nOwner.password}`],
	];
	const rule = '─'.repeat(76);
	return [
		'',
		rule,
		...lines.map(([label, value]) => `  ${(label ?? '').padEnd(10)}${value ?? ''}`),
		'',
		sandbox.urls.form === null
			? '  Try: open Phones, choose Anna, type START NEWS under WhatsApp.'
			: "  Try: open the form, enter Anna's number 333 123 4567, then open Phones: Anna\n  has an SMS with a link; tap it and send. Type STOP to see her leave.",
		'  Ctrl-C ends everything; the next start finds it all again.',
		rule,
		'',
	].join('\n');
}
