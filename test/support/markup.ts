export interface Element {
	name: string;
	attributes: Record<string, string>;
}

/** What a browser would make of our pages: their opening tags, and the text of the style sheet. Enough for markup that is well formed. */
export function readMarkup(markup: string): { elements: Element[]; style: string; text: string } {
	const style = /<style>([\s\S]*?)<\/style>/.exec(markup)?.[1] ?? '';
	const rest = markup.replace(/<style>[\s\S]*?<\/style>/, '<style>');
	const elements: Element[] = [];
	let text = '';
	let at = 0;
	while (at < rest.length) {
		const open = rest.indexOf('<', at);
		if (open < 0) break;
		text += rest.slice(at, open);
		const { element, end } = readTag(rest, open + 1);
		if (element) elements.push(element);
		at = end;
	}
	return { elements, style, text: decode(text + rest.slice(at)) };
}

function readTag(markup: string, start: number): { element: Element | null; end: number } {
	const name = /^[^\s/>]*/.exec(markup.slice(start, start + 100))?.[0] ?? '';
	const attributes: Record<string, string> = {};
	let at = start + name.length;
	if (markup[start] === '/') return { element: null, end: markup.indexOf('>', start) + 1 || markup.length };
	for (;;) {
		while (/[\s/]/.test(markup[at] ?? '')) at++;
		if (at >= markup.length || markup[at] === '>')
			return { element: { name: name.toLowerCase(), attributes }, end: at + 1 };
		const attribute = /^[^\s=>/]+/.exec(markup.slice(at, at + 200))?.[0] ?? markup[at] ?? '';
		at += attribute.length;
		let value = '';
		if (markup[at] === '=') {
			const quote = markup[at + 1] ?? '';
			if (quote !== '"' && quote !== "'") throw new Error(`An attribute without quotes: ${attribute}`);
			const close = markup.indexOf(quote, at + 2);
			value = markup.slice(at + 2, close);
			at = close + 1;
		}
		attributes[attribute.toLowerCase()] = decode(value);
	}
}

function decode(text: string): string {
	const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: '\u00a0' };
	return text.replace(/&(?:#(\d+)|(\w+));/g, (whole, code: string | undefined, name: string | undefined) =>
		code === undefined ? (named[name ?? ''] ?? whole) : String.fromCodePoint(Number(code)),
	);
}
