import fc from 'fast-check';

import { countedAddress, plainAddress } from '../../domain/networkAddress';

describe('A visitor’s address is counted', () => {
	it.each([
		['192.0.2.1', '192.0.2.1', null],
		[' 192.0.2.1 ', '192.0.2.1', null],
		['192.0.2.1:4711', '192.0.2.1', null],
		['192.0.2.1:', '192.0.2.1', null],
		['192.0.2.1:_port-1', '192.0.2.1', null],
		['"192.0.2.1:4711"', '192.0.2.1', null],
		['[192.0.2.1]:4711', '192.0.2.1', null],
		['::ffff:192.0.2.1', '192.0.2.1', null],
		['::FFFF:c000:201', '192.0.2.1', null],
		['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1', null],
		['::ffff:192.0.2.1:4711', '192.0.2.1', null],
		['[::ffff:192.0.2.1]:4711', '192.0.2.1', null],
		['::ffff:0:192.0.2.1', '192.0.2.1', null],
		['64:ff9b::192.0.2.1', '192.0.2.1', null],
		['2001:db8::1', '2001:db8:0:0::/64', '2001:db8:0::/48'],
		['[2001:db8::1]', '2001:db8:0:0::/64', '2001:db8:0::/48'],
		['[2001:db8::1]:4711', '2001:db8:0:0::/64', '2001:db8:0::/48'],
		['"[2001:db8::1]:4711"', '2001:db8:0:0::/64', '2001:db8:0::/48'],
		['[2001:db8::1]:_port', '2001:db8:0:0::/64', '2001:db8:0::/48'],
		['2001:db8:1:2:3:4:5:6:4711', '2001:db8:1:2::/64', '2001:db8:1::/48'],
		['2001:0DB8:0000:0000:1:2:3:4', '2001:db8:0:0::/64', '2001:db8:0::/48'],
		['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64', '2001:db8:1::/48'],
		['2001:db8:1:2:3:4:192.0.2.1', '2001:db8:1:2::/64', '2001:db8:1::/48'],
		['fe80::1%eth0', 'fe80:0:0:0::/64', 'fe80:0:0::/48'],
		['[fe80::1%25eth0]:4711', 'fe80:0:0:0::/64', 'fe80:0:0::/48'],
		['::1', '0:0:0:0::/64', '0:0:0::/48'],
	])('%s as %s in %s', (written, address, network) => {
		expect(countedAddress(written)).toEqual({ address, network });
	});

	it.each([
		'',
		' ',
		'unknown',
		'UNKNOWN',
		'unknown:4711',
		'_hidden',
		'_SEVKISEK',
		'-',
		'localhost',
		'[]',
		'[]:4711',
		'[2001:db8::1',
		'999.0.2.1',
		'192.0.2.1, 198.51.100.7',
		'1234:5678',
		'1'.repeat(100_000),
	])('together with all that are no address: %p', (written) => {
		expect(plainAddress(written)).toBeNull();
		expect(countedAddress(written)).toEqual({ address: 'unknown', network: null });
	});

	it('the same with port and brackets, and whichever way its address is written', () => {
		fc.assert(
			fc.property(fc.ipV6(), fc.nat(65_535), (address, port) => {
				const counted = countedAddress(address);
				// The browser's way to write an address is the same for all ways to write it.
				const canonical = new URL(`http://[${address}]/`).hostname;
				expect(countedAddress(canonical.slice(1, -1))).toEqual(counted);
				expect(countedAddress(`${canonical}:${port}`)).toEqual(counted);
			}),
		);
		fc.assert(
			fc.property(fc.ipV4(), fc.nat(65_535), (address, port) => {
				for (const written of [address, `${address}:${port}`, `::ffff:${address}`, `[::ffff:${address}]:${port}`])
					expect(countedAddress(written)).toEqual({ address, network: null });
			}),
		);
	});

	it('and kept as an address alone', () => {
		expect(plainAddress('[2001:DB8::1]:4711')).toBe('2001:db8::1');
		expect(plainAddress('192.0.2.1:4711')).toBe('192.0.2.1');
	});
});
