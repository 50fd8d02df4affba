'use strict';
/* Helpers of both pages. Text reaches the page as text nodes only, so nothing that a message says is ever markup. */

/** Makes an element; `properties` are attributes, with `on…` functions as listeners. */
function element(name, properties, ...children) {
	const made = document.createElement(name);
	for (const [key, value] of Object.entries(properties || {})) {
		if (value === undefined || value === null || value === false) continue;
		if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
		else made.setAttribute(key, value === true ? '' : value);
	}
	made.append(...children.filter((child) => child !== null && child !== undefined));
	return made;
}

const byId = (id) => document.getElementById(id);

/** Calls the control API. Throws with its sentence. */
async function call(method, path, body) {
	const response = await fetch(path, {
		method,
		headers: body === undefined ? {} : { 'content-type': 'application/json' },
		body: body === undefined ? undefined : JSON.stringify(body),
	});
	const answer = await response.json();
	if (!response.ok) throw new Error(answer.error);
	return answer;
}

function timeOf(at) {
	return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

function preciseTimeOf(at) {
	return (
		new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }) +
		'.' +
		String(at % 1000).padStart(3, '0')
	);
}

/** Calls `refresh` now and whenever the gateway says that something changed; never twice at the same time. */
function follow(refresh) {
	let busy = false;
	let again = false;
	const run = async () => {
		if (busy) {
			again = true;
			return;
		}
		busy = true;
		try {
			await refresh();
			byId('connection').textContent = '';
		} catch {
			byId('connection').textContent = 'The sandbox does not answer.';
		}
		busy = false;
		if (again) {
			again = false;
			run();
		}
	};
	const stream = new EventSource('/control/changes');
	stream.onmessage = run;
	stream.onerror = () => {
		byId('connection').textContent = 'The sandbox does not answer.';
	};
	return run;
}

/** The links to the form and to n8n. */
function showLinks(links) {
	byId('links').replaceChildren(
		...links.map(({ label, url }) => element('a', { href: url, target: '_blank', rel: 'noopener' }, label + ' ↗')),
	);
}

/** Arrow keys move between the tabs of a list, as the pattern wants it. */
function enableTabs(list, choose) {
	const tabs = [...list.querySelectorAll('[role=tab]')];
	const select = (tab) => {
		for (const other of tabs) {
			other.setAttribute('aria-selected', String(other === tab));
			other.tabIndex = other === tab ? 0 : -1;
		}
		byId(tab.getAttribute('aria-controls')).setAttribute('aria-labelledby', tab.id);
		choose(tab);
	};
	for (const tab of tabs) tab.addEventListener('click', () => select(tab));
	list.addEventListener('keydown', (event) => {
		const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
		if (step === undefined) return;
		const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
		next.focus();
		select(next);
	});
	return select;
}
