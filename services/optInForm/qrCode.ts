import qrcode from 'qrcode-generator';

import { escapeHtml } from '../shared/html';

/** Light modules that readers need around the code (ISO/IEC 18004). */
const QUIET_ZONE = 4;

/**
 * The text as a QR code: an inline SVG without any outside reference, black on white in dark pages too.
 * @param title What a screen reader says instead of the picture.
 * @throws {Error} when the text is longer than a QR code can hold (about 2,300 bytes).
 */
export function qrCodeSvg(text: string, title: string): string {
	const code = qrcode(0, 'M');
	code.addData(Buffer.from(text, 'utf8').toString('latin1'), 'Byte');
	code.make();
	const size = code.getModuleCount() + 2 * QUIET_ZONE;
	return (
		`<svg role="img" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><title>${escapeHtml(title)}</title>` +
		`<rect width="${size}" height="${size}" fill="#fff"/><path fill="#000" d="${darkRuns(code)}"/></svg>`
	);
}

/** One rectangle for each run of dark modules in a row: a tenth of the size of one for each module. */
function darkRuns(code: { getModuleCount(): number; isDark(row: number, column: number): boolean }): string {
	const count = code.getModuleCount();
	let path = '';
	for (let row = 0; row < count; row++) {
		for (let start = 0; start < count; start++) {
			let end = start;
			while (end < count && code.isDark(row, end)) end++;
			if (end > start) path += `M${start + QUIET_ZONE} ${row + QUIET_ZONE}h${end - start}v1h${start - end}z`;
			start = end;
		}
	}
	return path;
}
