'use strict';
/* The mailbox: every mail that came, whoever it was for. */

const shown = { id: null, part: 'html', mail: null };

async function refresh() {
	const [{ mails }, state] = await Promise.all([call('GET', '/control/mails'), call('GET', '/control/state')]);
	showLinks(state.links);
	if (!mails.some(({ id }) => id === shown.id)) shown.id = (mails[0] || { id: null }).id;
	byId('mails-empty').hidden = mails.length > 0;
	byId('clear-mails').hidden = mails.length === 0;
	showList(mails);
	await showMail();
}

function showList(mails) {
	const list = byId('mail-list');
	const focused = list.contains(document.activeElement) ? document.activeElement.dataset.id : undefined;
	list.replaceChildren(...mails.map(mailInList));
	if (focused !== undefined)
		[...list.querySelectorAll('button')].find((button) => button.dataset.id === focused)?.focus();
}

function mailInList(mail) {
	return element(
		'li',
		{},
		element(
			'button',
			{
				type: 'button',
				class: 'mail-button',
				'data-id': mail.id,
				'aria-current': mail.id === shown.id ? 'true' : undefined,
				onclick: () => choose(mail.id),
			},
			element('strong', {}, mail.subject),
			element('span', { class: 'when' }, timeOf(mail.at)),
			element('span', { class: 'to' }, 'to ' + mail.to),
			element('span', { class: 'preview' }, mail.preview),
		),
	);
}

function choose(id) {
	shown.id = id;
	run();
	if (matchMedia('(max-width: 800px)').matches) byId('mail').scrollIntoView();
}

async function showMail() {
	byId('mail').hidden = shown.id === null;
	if (shown.id === null || (shown.mail !== null && shown.mail.id === shown.id)) return;
	shown.mail = await call('GET', '/control/mails/' + encodeURIComponent(shown.id));
	const { subject, from, to, at, attachments, html } = shown.mail;
	byId('mail-subject').textContent = subject;
	byId('mail-from').textContent = from;
	byId('mail-to').textContent = to;
	byId('mail-at').textContent = new Date(at).toLocaleString();
	byId('attachments').replaceChildren(...attachments.map(attachmentItem));
	selectTab(byId(html === null ? 'tab-text' : 'tab-html'));
}

function attachmentItem({ name, contentType, sizeBytes, contentBase64 }) {
	const bytes = Uint8Array.from(atob(contentBase64), (character) => character.charCodeAt(0));
	const href = URL.createObjectURL(new Blob([bytes], { type: contentType }));
	return element(
		'li',
		{},
		element('a', { href, download: name }, name),
		' ' + (sizeBytes < 1024 ? sizeBytes + ' B' : Math.round(sizeBytes / 1024) + ' KB'),
	);
}

function showPart(part) {
	shown.part = part;
	if (shown.mail === null) return;
	const { html, text, source } = shown.mail;
	byId('mail-body').replaceChildren(
		part === 'html' ? frame(html) : element('pre', {}, part === 'text' ? text || '(no text part)' : source),
	);
}

/** The mail as a mail client shows it, without scripts and without this page's rights. */
function frame(html) {
	if (html === null) return element('p', { class: 'note' }, 'This mail has no HTML part.');
	return element('iframe', {
		title: 'The mail',
		sandbox: 'allow-popups allow-popups-to-escape-sandbox',
		srcdoc: '<!doctype html><base target="_blank">' + html,
	});
}

const selectTab = enableTabs(document.querySelector('.tabs'), (tab) => showPart(tab.dataset.part));

byId('clear-mails').addEventListener('click', async () => {
	await call('DELETE', '/control/mails');
	shown.mail = null;
	run();
});

const run = follow(refresh);
