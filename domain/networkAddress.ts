import { isIPv4, isIPv6 } from 'node:net';

const GROUPS_COUNTED = 4;

/**
 * A visitor's address as limits count it. Of IPv6 only the first 64 bits: every home and every phone has that many addresses
 * to itself, so that counting single ones would count nobody. `::ffff:192.0.2.1` is `192.0.2.1`.
 * @returns null for what is no address.
 */
export function countedAddress(address: string): string | null {
	const bare = address.trim().replace(/%.*$/, '').toLowerCase();
	if (isIPv4(bare)) return bare;
	if (!isIPv6(bare)) return null;
	const mapped = /^(?:0*:)*:?(?:0*:)*ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1];
	if (mapped !== undefined) return mapped;
	return `${groupsOf(bare).slice(0, GROUPS_COUNTED).join(':')}::/64`;
}

/** The eight groups, without leading zeros. */
function groupsOf(address: string): string[] {
	const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes: string[]) => {
		const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(0, 4).map(Number);
		return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
	});
	const [head = '', tail] = hex.split('::');
	const split = (text: string): string[] => text.split(':').filter((group) => group !== '');
	const [before, after] = [split(head), split(tail ?? '')];
	const missing = tail === undefined ? 0 : 8 - before.length - after.length;
	return [...before, ...Array.from({ length: missing }, () => '0'), ...after].map((group) =>
		Number.parseInt(group, 16).toString(16),
	);
}
