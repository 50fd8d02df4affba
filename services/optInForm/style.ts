import type { FormSettings } from './settings';

/** The form's own: a deep green on which white text reads well. */
export const DEFAULT_COLOUR = '#0b6e4f';

const HEX_COLOUR = /^#[0-9a-f]{6}$/i;

/** A colour that may stand in a style sheet: what is not exactly `#rrggbb` could close the rule and open another. */
export function safeColour(colour: string): string {
	return HEX_COLOUR.test(colour) ? colour.toLowerCase() : DEFAULT_COLOUR;
}

/** Black or white, whichever reads better on the colour (WCAG 2.2, relative luminance). */
export function textOn(colour: string): '#000' | '#fff' {
	const luminance = relativeLuminance(colour);
	return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? '#fff' : '#000';
}

function relativeLuminance(colour: string): number {
	const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
		const channel = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
		return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const LIGHT =
	'--card: #fff; --ink: #16202b; --soft: #4d5a68; --line: #8593a1; --rule: #e1e6eb; --bad: #b3261e; --bad-ground: #fdf0ef;';
const DARK =
	'--card: #1a222b; --ink: #eef2f6; --soft: #b1bdc9; --line: #7c8a98; --rule: #2e3945; --bad: #ffb4ab; --bad-ground: #3a1f1d;';

/** Colours for the ground the company chose, which says whether the form is light or dark; else for the theme. */
function palette({ background, theme }: Pick<FormSettings, 'background' | 'theme'>): string {
	const ground = HEX_COLOUR.test(background) ? background.toLowerCase() : null;
	const light = `color-scheme: light; --ground: ${ground ?? '#f3f5f7'}; ${LIGHT}`;
	const dark = `color-scheme: dark; --ground: ${ground ?? '#10151b'}; ${DARK}`;
	if (ground !== null) return `:root { ${textOn(ground) === '#000' ? light : dark} }`;
	if (theme !== 'auto') return `:root { ${theme === 'dark' ? dark : light} }`;
	return `:root { ${light} }\n@media (prefers-color-scheme: dark) { :root { ${dark} } }`;
}

/** The whole look, for light and dark, from 320 pixels up. System fonts: a font of our own would be one more request. */
export function styleSheet(look: Pick<FormSettings, 'colour' | 'background' | 'theme'>): string {
	const colour = safeColour(look.colour);
	return `
:root { --accent: ${colour}; --on-accent: ${textOn(colour)}; }
${palette(look)}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; background: var(--ground); color: var(--ink); font: 17px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: anywhere; }
main { width: 100%; max-width: 30rem; margin: 0 auto; padding: 1rem; }
.card { position: relative; overflow: hidden; background: var(--card); border: 1px solid var(--rule); border-radius: 16px; padding: 1.75rem 1.25rem 1.5rem; box-shadow: 0 8px 30px rgb(16 32 48 / 8%); }
.card::before { content: ""; position: absolute; inset: 0 0 auto; height: 6px; background: var(--accent); }
.logo { display: block; max-width: 12rem; max-height: 4rem; margin: 0 0 1rem; }
h1 { margin: 0 0 .5rem; font-size: 1.6rem; line-height: 1.2; letter-spacing: -.01em; }
h2 { margin: 1.75rem 0 .5rem; font-size: 1.05rem; }
p { margin: 0 0 .75rem; }
.soft, .hint { color: var(--soft); }
.hint { margin: 0 0 .5rem; font-size: .9rem; }
a { color: inherit; text-underline-offset: .15em; }
.field { margin: 1.25rem 0 0; }
.label { display: block; font-weight: 600; }
input:not([type=checkbox]), select { display: block; width: 100%; min-height: 3rem; margin: .35rem 0 0; padding: .5rem .75rem; font: inherit; color: inherit; background: var(--card); border: 1.5px solid var(--line); border-radius: 10px; }
select { padding-inline: .5rem; }
input.number-field { font-size: 1.2rem; letter-spacing: .02em; }
.optional { color: var(--soft); font-weight: 400; font-size: .9rem; }
fieldset { min-width: 0; padding: 0; border: 0; }
legend { padding: 0; }
.groups .field { margin-top: .6rem; }
[aria-invalid=true]:not([type=checkbox]) { border: 2px solid var(--bad); }
.tick { display: grid; grid-template-columns: 1.5rem 1fr; gap: .75rem; align-items: start; cursor: pointer; }
.tick input { width: 1.5rem; height: 1.5rem; margin: 0; accent-color: var(--accent); cursor: pointer; }
.wrong { margin: .75rem 0 0; padding: .5rem .75rem; font-size: .95rem; border-left: 4px solid var(--bad); border-radius: 4px; background: var(--bad-ground); color: var(--bad); font-weight: 500; }
.button { display: block; width: 100%; min-height: 3.25rem; margin: 1.5rem 0 0; padding: .8rem 1rem; font: inherit; font-size: 1.1rem; font-weight: 700; line-height: 1.4; text-align: center; text-decoration: none; color: var(--on-accent); background: var(--accent); border: 2px solid transparent; border-radius: 12px; cursor: pointer; }
.button:hover { box-shadow: inset 0 0 0 100px rgb(255 255 255 / 12%); }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px; }
.privacy { margin: 1rem 0 0; font-size: .9rem; text-align: center; }
.trap { position: absolute; left: -10000px; width: 1px; height: 1px; overflow: hidden; }
.number { display: block; margin: .15rem 0 0; font-size: 1.35rem; font-weight: 700; letter-spacing: .01em; white-space: nowrap; }
.or { margin: 1.25rem 0 0; text-align: center; }
.words { font-weight: 700; }
.code { margin: 1.5rem auto 0; text-align: center; }
.code svg { display: block; width: 100%; max-width: 13rem; margin: 0 auto .5rem; border: 1px solid var(--rule); border-radius: 12px; }
ol { margin: 0; padding-left: 1.25rem; }
li { margin: 0 0 .5rem; }
.plain main { max-width: none; padding: .25rem; }
.plain .card { background: transparent; border: 0; border-radius: 0; padding: .75rem; box-shadow: none; overflow: visible; }
.plain .card::before { content: none; }
.plain .soft, .plain .hint, .plain .optional { color: inherit; }
.plain input, .plain select { background: transparent; }
.plain option { background: var(--card); }
body.plain { min-height: 0; }
@media (min-width: 40rem) { .whole main { padding: 3rem 1rem; } .whole .card { padding: 2.25rem 2rem; } h1 { font-size: 1.9rem; } }
@media (forced-colors: active) { .button { border-color: ButtonText; } }
`;
}
