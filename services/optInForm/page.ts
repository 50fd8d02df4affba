import { html, Html } from '../shared/html';
import type { FormSettings } from './settings';
import { styleSheet } from './style';
import { FORM_TEXTS, type FormTexts } from './texts';

const IMAGE_DATA_URL = /^data:image\/(?:png|jpeg|gif|webp|svg\+xml)(?:;base64)?,[\w+/=%.,~!*'();:@&$-]+$/;

/** The frame that all pages of the form share. It asks for nothing from anywhere: style and logo are inside. */
export function page(settings: FormSettings, { title, body }: { title: string; body: Html }): string {
	return html`<!doctype html>
<html lang="${settings.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${new Html(styleSheet(settings))}</style>
</head>
<body class="${settings.layout === 'plain' ? 'plain' : 'whole'}">
<main>
<div class="card">
${logo(settings.logo)}${body}
</div>
</main>
</body>
</html>
`.text;
}

/** A page that says one thing: try again, not ready, wrong format. */
export function noticePage(settings: FormSettings, notice: { title: string; text: string; back?: boolean }): string {
	const back = notice.back ? html`<p><a class="button" href="">${textsOf(settings).back}</a></p>` : null;
	return page(settings, { title: notice.title, body: html`<h1>${notice.title}</h1><p>${notice.text}</p>${back}` });
}

export function textsOf(settings: FormSettings): FormTexts {
	return FORM_TEXTS[settings.language];
}

function logo(dataUrl: string): Html | null {
	return IMAGE_DATA_URL.test(dataUrl) ? html`<img class="logo" src="${dataUrl}" alt="">` : null;
}
