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

/** Null for a scope of a sender or group that is gone. */
export function portableScope(scope: string, names: ScopeNames): string | null {
	const [kind, id] = scope.split(':');
	if (id === undefined) return scope;
	const name = kind === 'group' ? names.shortcode(Number(id)) : names.senderPhone(Number(id));
	return name === undefined ? null : `${kind}:${name}`;
}

/** Null for what is no scope, or one of a sender or group that this store does not have. */
export function ownScope(portable: string, ids: ScopeIds): string | null {
	if (portable === 'all' || portable === 'sms' || portable === 'erased') return portable;
	const [, kind = '', name = ''] = /^(sender|marketing|group):(.+)$/.exec(portable) ?? [];
	const id = kind === 'group' ? ids.groupId(name) : kind === '' ? undefined : ids.senderId(name);
	return id === undefined ? null : `${kind}:${id}`;
}
