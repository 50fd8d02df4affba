'use strict';
/* The phones: choose one, read, type. */

const quickTexts = ['START', 'START NEWS', 'STOP NEWS', 'STOP', 'HELP'];
const stateWords = {
	accepted: 'on its way',
	sent: 'sent, not arrived',
	delivered: 'delivered ✓✓',
	read: 'read ✓✓',
	failed: 'failed',
	sending: 'sending …',
	received: 'received ✓✓',
	undeliverable: 'not received',
};

const view = { phone: null, channel: 'whatsapp', company: null, state: null, shown: '' };

async function refresh() {
	view.state = await call('GET', '/control/state');
	const { phones, companies } = view.state;
	if (!phones.some(({ phone }) => phone === view.phone)) {
		view.phone = (sorted(phones)[0] || { phone: null }).phone;
		showNewestChannel();
	}
	if (view.company === null) view.company = companies.find(({ channel }) => channel === 'whatsapp').phone;
	showLinks(view.state.links);
	showMailCount(view.state.mails);
	showPhones(sorted(phones));
	showHandset(phones.find(({ phone }) => phone === view.phone));
	await showConversation();
	requestLog.showState(view.state);
	await requestLog.refresh();
}

function sorted(phones) {
	return [...phones].sort(
		(a, b) => Number(b.used) - Number(a.used) || ((b.last && b.last.at) || 0) - ((a.last && a.last.at) || 0),
	);
}

function showMailCount(count) {
	byId('mail-count').textContent = count;
	byId('mail-count').hidden = count === 0;
}

function showPhones(phones) {
	const list = byId('phone-list');
	const focused = list.contains(document.activeElement) ? document.activeElement.dataset.phone : undefined;
	list.replaceChildren(...phones.slice(0, 100).map(phoneInList));
	if (phones.length > 100) list.append(element('li', { class: 'note' }, phones.length - 100 + ' more'));
	if (focused !== undefined)
		[...list.querySelectorAll('button')].find((button) => button.dataset.phone === focused)?.focus();
}

function phoneInList(phone) {
	const marks = [
		phone.reachable ? '' : 'off',
		phone.onWhatsApp ? '' : 'no WhatsApp',
		phone.reads ? '' : 'does not read',
	].filter(Boolean);
	return element(
		'li',
		{},
		element(
			'button',
			{
				type: 'button',
				class: 'phone-button',
				'data-phone': phone.phone,
				'aria-current': phone.phone === view.phone ? 'true' : undefined,
				onclick: () => choosePhone(phone.phone),
			},
			element('span', { class: 'avatar', 'aria-hidden': 'true' }, [...phone.name][0]),
			element(
				'span',
				{ class: 'phone-text' },
				element(
					'span',
					{ class: 'name' },
					element('strong', {}, phone.name),
					phone.last ? element('span', { class: 'when' }, timeOf(phone.last.at)) : null,
				),
				element('span', { class: 'number' }, phone.display),
				element(
					'span',
					{ class: 'last' },
					marks.length > 0 ? marks.join(', ') : phone.last ? phone.last.text : 'no messages yet',
				),
			),
		),
	);
}

function choosePhone(phone) {
	view.phone = phone;
	view.shown = '';
	showNewestChannel();
	byId('send-note').textContent = '';
	run();
}

/** Opens a phone where its newest message is: the invitation's SMS is what a newcomer looks for. */
function showNewestChannel() {
	const { last } = view.state.phones.find(({ phone }) => phone === view.phone) || {};
	if (last) byId('tab-' + last.channel).click();
}

function showHandset(phone) {
	byId('phone-settings').hidden = phone === undefined;
	byId('text').disabled = phone === undefined;
	byId('send').disabled = phone === undefined;
	byId('phone-name').textContent = phone === undefined ? 'No phone chosen' : phone.name;
	byId('phone-number').textContent =
		phone === undefined ? 'Add a phone by its number.' : spaced(phone.phone) + (phone.reachable ? '' : ' · off');
	for (const box of document.querySelectorAll('[data-setting]'))
		box.checked = phone !== undefined && phone[box.dataset.setting];
	document.querySelector('.handset').dataset.channel = view.channel;
	showCompanies();
}

function showCompanies() {
	const companies = view.state.companies.filter(({ channel }) => channel === view.channel);
	const chosen = companies.find(({ phone }) => phone === view.company) || companies[0];
	const select = byId('company');
	select.hidden = companies.length < 2;
	const offered = companies.map(({ phone }) => phone).join();
	if (select.dataset.offered !== offered) {
		select.dataset.offered = offered;
		select.replaceChildren(
			...companies.map(({ phone, label }) => element('option', { value: phone }, spaced(phone) + ' (' + label + ')')),
		);
	}
	select.value = chosen.phone;
	byId('company-label').textContent = select.hidden ? chosen.name + ' · ' + spaced(chosen.phone) : chosen.name;
}

async function showConversation() {
	if (view.phone === null) {
		byId('messages').replaceChildren();
		return;
	}
	const { messages } = await call('GET', '/control/phones/' + encodeURIComponent(view.phone) + '/messages');
	const mine = messages.filter(({ channel }) => channel === view.channel);
	const fingerprint = JSON.stringify([view.phone, view.channel, mine]);
	if (fingerprint === view.shown) return;
	const isNewPlace = !view.shown.startsWith(JSON.stringify([view.phone, view.channel]).slice(0, -1));
	view.shown = fingerprint;
	const pane = byId('conversation');
	const atEnd = isNewPlace || pane.scrollHeight - pane.scrollTop - pane.clientHeight < 60;
	byId('messages').replaceChildren(...(mine.length === 0 ? [emptyHint()] : mine.map(messageItem)));
	if (atEnd) pane.scrollTop = pane.scrollHeight;
}

function emptyHint() {
	return element(
		'li',
		{ class: 'empty' },
		view.channel === 'whatsapp'
			? 'No WhatsApp messages yet. Type START NEWS to register.'
			: 'No SMS yet. Enter this number in the opt-in form, and the invitation arrives here.',
	);
}

function messageItem(message) {
	const waiting = message.direction === 'toPhone' && (message.state === 'accepted' || message.state === 'sent');
	const failed = message.state === 'failed' || message.state === 'undeliverable';
	const from = message.direction === 'toPhone' ? spaced(message.company) : 'You';
	return element(
		'li',
		{ class: ['bubble', message.direction, waiting ? 'waiting' : '', failed ? 'failed' : ''].join(' ').trim() },
		element('span', { class: 'hidden' }, from + ':'),
		element('p', {}, ...withLinks(message.text)),
		message.problem === null ? null : element('p', { class: 'problem' }, message.problem),
		element(
			'span',
			{ class: 'meta' },
			message.direction === 'toPhone' && view.channel === 'sms' ? element('span', {}, from) : null,
			element('time', { datetime: new Date(message.at).toISOString() }, timeOf(message.at)),
			element('span', { class: 'state ' + message.state }, stateWords[message.state]),
		),
	);
}

/** Text nodes and links; a click-to-chat link opens WhatsApp on this very phone. */
function withLinks(text) {
	return text.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]])/g).map((part, index) => {
		if (index % 2 === 0) return part;
		const chat = clickToChat(part);
		return chat === null
			? element('a', { href: part, target: '_blank', rel: 'noopener noreferrer' }, part)
			: element('a', { href: part, class: 'chat-link', onclick: (event) => openChat(event, chat) }, part);
	});
}

function clickToChat(link) {
	const url = URL.canParse(link) ? new URL(link) : null;
	if (url === null) return null;
	if (url.hostname === 'wa.me') return { digits: url.pathname.slice(1), text: url.searchParams.get('text') || '' };
	if (url.hostname === 'api.whatsapp.com' && url.pathname === '/send')
		return { digits: url.searchParams.get('phone') || '', text: url.searchParams.get('text') || '' };
	return null;
}

function openChat(event, { digits, text }) {
	event.preventDefault();
	const company = view.state.companies.find(({ phone, channel }) => phone === '+' + digits && channel === 'whatsapp');
	if (company === undefined) {
		byId('send-note').textContent = 'This link opens WhatsApp at +' + digits + ', where nobody of this sandbox is.';
		return;
	}
	view.company = company.phone;
	selectTab(byId('tab-whatsapp'));
	setText(text);
	byId('text').focus();
}

function setText(text) {
	byId('text').value = text;
	byId('text').dispatchEvent(new Event('input'));
}

/** A number as people write it; names that an SMS shows as its sender stay as they are. */
function spaced(phone) {
	const known = [...view.state.phones, ...view.state.companies].find((other) => other.phone === phone);
	return known === undefined ? phone : known.display;
}

async function send() {
	const text = byId('text').value;
	if (text.trim() === '' || view.phone === null) return;
	setText('');
	byId('send-note').textContent = '';
	try {
		const company = view.channel === 'whatsapp' ? view.company : undefined;
		await call('POST', '/control/phones/' + encodeURIComponent(view.phone) + '/type', {
			channel: view.channel,
			text,
			company,
		});
	} catch (error) {
		byId('send-note').textContent = error.message;
		setText(text);
	}
	byId('conversation').scrollTop = byId('conversation').scrollHeight;
	run();
}

const selectTab = enableTabs(document.querySelector('.tabs'), (tab) => {
	view.channel = tab.dataset.channel;
	view.shown = '';
	byId('send-note').textContent = '';
	run();
});

byId('quick').append(
	...quickTexts.map((text) =>
		element(
			'button',
			{
				type: 'button',
				onclick: () => {
					setText(text);
					byId('text').focus();
				},
			},
			text,
		),
	),
);

byId('compose').addEventListener('submit', (event) => {
	event.preventDefault();
	send();
});
byId('text').addEventListener('keydown', (event) => {
	if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
	event.preventDefault();
	send();
});
byId('text').addEventListener('input', ({ target }) => {
	target.style.height = 'auto';
	target.style.height = Math.min(target.scrollHeight, 140) + 'px';
});
byId('company').addEventListener('change', ({ target }) => {
	view.company = target.value;
	run();
});
byId('add-phone').addEventListener('submit', async (event) => {
	event.preventDefault();
	const input = byId('new-number');
	byId('add-error').textContent = '';
	try {
		const added = await call('POST', '/control/phones', { phone: input.value });
		input.value = '';
		choosePhone(added.phone);
	} catch (error) {
		byId('add-error').textContent = error.message;
	}
});
for (const box of document.querySelectorAll('[data-setting]')) {
	box.addEventListener('change', async () => {
		await call('PATCH', '/control/phones/' + encodeURIComponent(view.phone), { [box.dataset.setting]: box.checked });
		run();
	});
}
byId('change-number').addEventListener('submit', async (event) => {
	event.preventDefault();
	byId('send-note').textContent = '';
	try {
		const { phone } = await call('POST', '/control/phones/' + encodeURIComponent(view.phone) + '/number', {
			to: byId('changed-number').value,
		});
		byId('changed-number').value = '';
		byId('phone-settings').open = false;
		choosePhone(phone.phone);
	} catch (error) {
		byId('send-note').textContent = error.message;
	}
});
byId('remove-phone').addEventListener('click', async () => {
	byId('phone-settings').open = false;
	await call('DELETE', '/control/phones/' + encodeURIComponent(view.phone));
	run();
});
document.addEventListener('click', ({ target }) => {
	if (!byId('phone-settings').contains(target)) byId('phone-settings').open = false;
});

const run = follow(refresh);
requestLog.enable(run);
