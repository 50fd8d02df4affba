'use strict';
/* The log of requests, and the levers that make the gateway misbehave. */

const requestLog = {
	lastId: 0,
	callbacksShown: '',

	async refresh() {
		const { entries } = await call('GET', '/control/log?after=' + this.lastId);
		const list = byId('log');
		for (const entry of entries) {
			list.prepend(this.entry(entry));
			this.lastId = entry.id;
		}
		while (list.children.length > 200) list.lastChild.remove();
		byId('log-empty').hidden = list.children.length > 0;
	},

	entry(entry) {
		const failed = entry.status === 0 || entry.status >= 400;
		const took = entry.answeredAt === null ? '' : entry.answeredAt - entry.at + ' ms';
		const summary = element(
			'summary',
			{},
			element(
				'span',
				{
					class: 'direction ' + entry.direction,
					title: entry.direction === 'in' ? 'from n8n to the gateway' : 'webhook from the gateway to n8n',
				},
				entry.direction === 'in' ? '→' : '←',
			),
			element('span', { class: 'hidden' }, entry.direction === 'in' ? 'request' : 'webhook'),
			element(
				'span',
				{ class: 'status ' + (failed ? 'bad' : 'good') },
				entry.status === 0 ? '—' : String(entry.status),
			),
			element(
				'span',
				{ class: 'what' },
				element('strong', {}, this.title(entry)),
				element('span', { class: 'path' }, entry.method + ' ' + this.shortPath(entry.path)),
			),
			element('span', { class: 'when' }, preciseTimeOf(entry.at), element('br'), took),
		);
		const details = element('details', {}, summary);
		// Filled when opened: a campaign makes many entries that nobody opens.
		details.addEventListener('toggle', () => {
			if (!details.open || details.children.length > 1) return;
			details.append(
				element(
					'div',
					{ class: 'entry-body' },
					element('h3', {}, 'To'),
					element('pre', {}, entry.method + ' ' + entry.path),
					element('h3', {}, 'Body'),
					element('pre', { tabindex: '0' }, this.pretty(entry.requestBody)),
					element('h3', {}, entry.status === 0 ? 'No answer' : 'Answer ' + entry.status),
					element('pre', { tabindex: '0' }, this.pretty(entry.responseBody)),
				),
			);
		});
		return element('li', {}, details);
	},

	title(entry) {
		if (entry.note !== '') return entry.note;
		if (entry.method === 'GET') return 'asks about the account';
		const channel = entry.path.includes('/smsmessaging/') ? 'SMS' : 'WhatsApp';
		return channel + ' to ' + this.recipients(entry.requestBody);
	},

	recipients(body) {
		try {
			const { to, recipient, recipientAddressList } = JSON.parse(body);
			if (Array.isArray(recipientAddressList) && recipientAddressList.length !== 1)
				return recipientAddressList.length + ' numbers';
			return spaced('+' + String(to || recipient || recipientAddressList[0]).replace(/^\+/, ''));
		} catch {
			return 'many or nobody';
		}
	},

	shortPath(path) {
		return path
			.replace(/^https?:\/\/[^/]+/, '')
			.replace(/([?&]key=)[^&]+/, '$1…')
			.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, '…');
	},

	pretty(text) {
		if (text === '') return '(empty)';
		try {
			return JSON.stringify(JSON.parse(text), null, 2);
		} catch {
			return text;
		}
	},

	showState(state) {
		const missing = state.callbacks.meta === null && state.callbacks.websms === null;
		const text = missing ? 'No webhook is configured yet: what is typed on a phone reaches nobody.' : '';
		if (byId('callbacks').textContent !== text) byId('callbacks').textContent = text;
		for (const lever of document.querySelectorAll('[data-lever]')) {
			if (lever === document.activeElement && lever.type === 'number') continue;
			const value = state.settings[lever.dataset.lever];
			if (lever.type === 'checkbox') lever.checked = value;
			else lever.value = value;
		}
		const planned = state.failures.reduce((sum, failure) => sum + failure.times, 0);
		byId('planned').textContent = [
			planned > 0 ? planned + ' planned to fail.' : '',
			state.heldWebhooks > 0 ? state.heldWebhooks + ' webhooks held back.' : '',
		]
			.join(' ')
			.trim();
	},

	enable(refresh) {
		byId('clear-log').addEventListener('click', async () => {
			await call('DELETE', '/control/log');
			byId('log').replaceChildren();
			refresh();
		});
		byId('levers').addEventListener('change', async ({ target }) => {
			const lever = target.dataset.lever;
			if (lever === undefined) return;
			await call('PATCH', '/control/settings', {
				[lever]: target.type === 'checkbox' ? target.checked : Number(target.value),
			}).catch(() => undefined);
			refresh();
		});
		byId('levers').addEventListener('submit', (event) => event.preventDefault());
		for (const button of document.querySelectorAll('[data-fail]')) {
			button.addEventListener('click', async () => {
				await call('POST', '/control/failures', JSON.parse(button.dataset.fail));
				refresh();
			});
		}
		byId('release').addEventListener('click', async () => {
			await call('POST', '/control/release', {});
			refresh();
		});
	},
};
