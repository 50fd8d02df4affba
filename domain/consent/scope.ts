/**
 * What a word speaks of, as it is kept: everything, SMS to one number, one sender, one sender's marketing (Meta's own switch, and what
 * its errors say about it), one group.
 */
export type Scope = 'all' | 'sms' | `${ScopeOfId}:${number}`;

type ScopeOfId = 'sender' | 'marketing' | 'group';

export const scopeAll = 'all' satisfies Scope;
export const scopeSms = 'sms' satisfies Scope;
export const senderScope = (senderId: number): Scope => `sender:${senderId}`;
export const marketingScope = (senderId: number): Scope => `marketing:${senderId}`;
export const groupScope = (groupId: number): Scope => `group:${groupId}`;

type ReadScope = { kind: 'all' | 'sms'; id: null } | { kind: ScopeOfId; id: number };

/** Null for what is no scope of a person's word. */
export function readScope(scope: string): ReadScope | null {
	if (scope === 'all' || scope === 'sms') return { kind: scope, id: null };
	const [, kind, id] = /^(sender|marketing|group):(\d{1,15})$/.exec(scope) ?? [];
	return kind === undefined ? null : { kind: kind as ScopeOfId, id: Number(id) };
}

export function isScope(scope: string): scope is Scope {
	return readScope(scope) !== null;
}

/** The groups among scopes, each once. */
export function groupsAmong(scopes: Iterable<string>): number[] {
	const ids = new Set<number>();
	for (const scope of scopes) {
		const read = readScope(scope);
		if (read?.kind === 'group') ids.add(read.id);
	}
	return [...ids];
}
