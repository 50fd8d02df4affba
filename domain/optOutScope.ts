import { groupScope, marketingScope, readScope, type Scope, senderScope } from './consent/scope';

/**
 * Scopes of opt-outs as they stand in files: company numbers and shortcodes instead of ids, so that another store, or the same one
 * restored, understands them: `all`, `sms`, `sender:+39…`, `marketing:+39…`, `group:news`, and `erased`.
 */
export interface ScopeNames {
	senderPhone(id: number): string | undefined;
	shortcode(id: number): string | undefined;
}

export interface ScopeIds {
	senderId(phone: string): number | undefined;
	groupId(shortcode: string): number | undefined;
}

/** Of somebody erased: when, not what they said. */
const erased = 'erased';

/** Null for a scope of a sender or group that is gone. */
export function portableScope(scope: string, names: ScopeNames): string | null {
	if (scope === erased) return scope;
	const read = readScope(scope);
	if (read === null || read.id === null) return read?.kind ?? null;
	const name = read.kind === 'group' ? names.shortcode(read.id) : names.senderPhone(read.id);
	return name === undefined ? null : `${read.kind}:${name}`;
}

/** Null for what is no scope, or one of a sender or group that this store does not have. */
export function ownScope(portable: string, ids: ScopeIds): Scope | typeof erased | null {
	if (portable === 'all' || portable === 'sms' || portable === erased) return portable;
	const [, kind, name = ''] = /^(sender|marketing|group):(.+)$/.exec(portable) ?? [];
	if (kind === undefined) return null;
	const id = kind === 'group' ? ids.groupId(name) : ids.senderId(name);
	if (id === undefined) return null;
	return kind === 'group' ? groupScope(id) : kind === 'sender' ? senderScope(id) : marketingScope(id);
}
