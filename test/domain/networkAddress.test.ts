import fc from 'fast-check';

import { countedAddress } from '../../domain/networkAddress';

describe('A visitor’s address is counted', () => {
	it.each([
		['192.0.2.1', '192.0.2.1'],
		[' 192.0.2.1 ', '192.0.2.1'],
		['::ffff:192.0.2.1', '192.0.2.1'],
		['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
		['2001:db8::1', '2001:db8:0:0::/64'],
		['2001:0DB8:0000:0000:1:2:3:4', '2001:db8:0:0::/64'],
		['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
		['2001:db8:1:2:3:4:192.0.2.1', '2001:db8:1:2::/64'],
		['fe80::1%eth0', 'fe80:0:0:0::/64'],
		['::1', '0:0:0:0::/64'],
		['', null],
		['unknown', null],
		['192.0.2.1, 198.51.100.7', null],
		['1234:5678', null],
	])('%s as %s', (address, counted) => {
		expect(countedAddress(address)).toBe(counted);
	});

	it('by the first 64 bits, whatever the last 64 are and however it is written', () => {
		fc.assert(
			fc.property(fc.ipV6(), fc.ipV6(), (one, other) => {
				const bits = (address: string): string => new URL(`http://[${address}]/`).hostname;
				const counted = countedAddress(one);
				// The browser's way to write an address is the same for all ways to write it.
				if (/\.\d+$/.test(one) || /ffff:/i.test(one)) return;
				expect(countedAddress(bits(one).slice(1, -1))).toBe(counted);
				if (counted === countedAddress(other)) expect(counted).toMatch(/::\/64$/);
			}),
		);
	});
});
