/** Characters of the GSM 03.38 default alphabet; those in the second set count twice. */
const basic = new Set(
	'@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const extended = new Set('^{}\\[~]|€');

/** How many SMS a text takes: 160 or 153 GSM characters each, 70 or 67 when a character needs Unicode. */
export function smsSegments(text: string): number {
	const characters = [...text];
	const isGsm = characters.every((character) => basic.has(character) || extended.has(character));
	if (!isGsm) return text.length <= 70 ? 1 : Math.ceil(text.length / 67);
	const length = characters.reduce((sum, character) => sum + (extended.has(character) ? 2 : 1), 0);
	return length <= 160 ? 1 : Math.ceil(length / 153);
}
