import { isIPv4, isIPv6 } from 'node:net';

/** Longer is no address, with port, zone and brackets. */
const LONGEST_ADDRESS = 120;
/** The first 96 bits of IPv6 addresses that stand for one of IPv4: RFC 4291 (mapped), RFC 7915 (translated), RFC 6052 (NAT64). */
const IPV4_WITHIN = new Set(['0:0:0:0:0:ffff', '0:0:0:0:ffff:0', '64:ff9b:0:0:0:0']);

/** What is counted together. */
export interface CountedAddress {
	/** An address of IPv4, the /64 of one of IPv6, or `unknown`. */
	address: string;
	/** The /48 of an address of IPv6. */
	network: string | null;
}

/**
 * The address in what a proxy wrote into X-Forwarded-For: without port, brackets, quotes and zone. Of an address of IPv6 that stands
 * for one of IPv4 (`::ffff:192.0.2.1`), that one.
 * @returns null for what is no address: `unknown`, `_hidden` (RFC 7239), nothing.
 */
export function plainAddress(written: string): string | null {
	const bare = withoutPort(written.slice(0, LONGEST_ADDRESS).toLowerCase().replaceAll('"', '').trim()).replace(
		/%.*$/,
		'',
	);
	if (isIPv4(bare)) return bare;
	return isIPv6(bare) ? (ipv4Within(groupsOf(bare)) ?? bare) : null;
}

/**
 * A visitor's address as limits count it. Of IPv6 only the first 64 bits: every home and every phone has that many addresses
 * to itself, so that counting single ones would count nobody. One customer is often given 65,536 of these, a /48: it is told, too.
 * What is no address is one address: whoever could take theirs away would be counted nowhere.
 */
export function countedAddress(written: string): CountedAddress {
	const plain = plainAddress(written);
	if (plain === null) return { address: 'unknown', network: null };
	if (isIPv4(plain)) return { address: plain, network: null };
	const groups = groupsOf(plain);
	return { address: `${groups.slice(0, 4).join(':')}::/64`, network: `${groups.slice(0, 3).join(':')}::/48` };
}

/** A port may be a word (RFC 7239); without brackets it is known behind IPv4 or behind all eight groups. */
function withoutPort(text: string): string {
	return (
		/^\[([^\]]*)\](?::[\w.-]*)?$/.exec(text)?.[1] ??
		/^(.*\d+\.\d+\.\d+\.\d+):[\w-]*$/.exec(text)?.[1] ??
		/^((?:[\da-f]{1,4}:){7}[\da-f]{1,4}):\d*$/.exec(text)?.[1] ??
		text
	);
}

function ipv4Within(groups: readonly string[]): string | null {
	if (!IPV4_WITHIN.has(groups.slice(0, 6).join(':'))) return null;
	return groups
		.slice(6)
		.map((group) => Number.parseInt(group, 16))
		.flatMap((bits) => [bits >> 8, bits & 255])
		.join('.');
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
