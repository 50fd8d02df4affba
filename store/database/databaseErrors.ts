import { StoreUnavailableError } from '../../domain/errors';

interface Trouble {
	/** Code of the driver, SQLSTATE, or errno; of what has none, its message. */
	of: RegExp;
	/** What happened, as the second half of a sentence. */
	what: string;
	/** What whoever runs n8n can do about it. */
	todo: string;
	/** The connection itself is no longer good: the next use opens another. */
	reopen?: true;
}

const RIGHTS = 'Let the user that n8n runs as read and write the file and its folder.';
const REACH = 'See that the server runs and that host and port in the Opt-In Store credential are right.';

/**
 * Whatever keeps a store from being opened or used although nothing is wrong with what was asked of it. The first that fits counts.
 * SQLite: https://sqlite.org/rescode.html (primary codes, as `SQLITE_<number>`); PostgreSQL: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const TROUBLES: readonly Trouble[] = [
	{ of: /^(SQLITE_13|ENOSPC|EDQUOT)$/, what: 'the disk is full', todo: 'Free space on the disk of the store file.' },
	{ of: /^(SQLITE_8|EROFS)$/, what: 'its file is read-only', todo: RIGHTS, reopen: true },
	{ of: /^(SQLITE_(3|23)|EACCES|EPERM)$/, what: 'n8n has no rights to its file', todo: RIGHTS, reopen: true },
	{
		of: /^(SQLITE_14|ENOTDIR|EISDIR|ELOOP|ENAMETOOLONG|EMFILE|ENFILE|ERR_INVALID_ARG_VALUE)$/,
		what: 'its file cannot be opened',
		todo: `See that it is a file and no folder. ${RIGHTS}`,
		reopen: true,
	},
	{
		of: /^SQLITE_(26|24)$/,
		what: 'its file is no SQLite database',
		todo: 'Bring the right file back, from a backup if need be.',
		reopen: true,
	},
	{
		of: /^SQLITE_11$/,
		what: 'its file is damaged',
		todo: 'Bring the file back from a backup, and look at the disk.',
		reopen: true,
	},
	{ of: /^SQLITE_(5|6)$/, what: 'another process writes to it', todo: 'If this lasts, see which one holds the file.' },
	{
		of: /^(SQLITE_(7|9|10|15|22)|EIO|ESTALE)$/,
		what: 'its disk cannot be read or written',
		todo: 'Look at the disk, above all if it is a network drive.',
		reopen: true,
	},
	{ of: /^53100$/, what: 'the disk of the database server is full', todo: 'Free space there.' },
	{ of: /^53200$/, what: 'the database server is out of memory', todo: 'Give it more.' },
	{
		of: /^53300$/,
		what: 'the database server has no connection free',
		todo: 'Raise its max_connections or the limit of the user; each process of n8n takes up to six.',
	},
	{ of: /^(53...|54000)$/, what: 'the database server is short of resources', todo: 'See its log.' },
	{
		of: /^57P0[1-3]$/,
		what: 'the database server is starting or shutting down',
		todo: 'Wait until it is up, or start it.',
	},
	{
		of: /^(57P04|3D000)$/,
		what: 'its database does not exist',
		todo: 'Make it, or correct its name in the credential.',
	},
	{
		of: /^(57014|55P03|25P0[34]|57P05)$/,
		what: 'the database took too long',
		todo: 'If this lasts, see what keeps it.',
	},
	{
		of: /^25006$/,
		what: 'the database is read-only',
		todo: 'Connect to the primary server, not to a standby, and see default_transaction_read_only.',
	},
	{
		of: /^(28...|SASL: .*|SCRAM-.*)$/,
		what: 'the database refuses the login of the Opt-In Store credential',
		todo: 'Correct user and password there, or let this machine in (pg_hba.conf).',
	},
	{
		of: /^42501$/,
		what: 'the user of the Opt-In Store credential lacks rights in the database',
		todo: 'Make it the owner of the database.',
	},
	{
		of: /^(CERT_.*|.*SELF_SIGNED.*|UNABLE_TO_.*|ERR_TLS_.*|ERR_SSL_.*|EPROTO|The server does not support SSL connections)$/,
		what: 'no encrypted connection to the database comes about',
		todo: 'See its certificate and the switch SSL in the credential.',
	},
	{ of: /^(58...|XX...)$/, what: 'the database server has trouble of its own', todo: 'See its log and its disk.' },
	{ of: /^(ENOTFOUND|EAI_.*)$/, what: 'the host of the database is not found', todo: REACH },
	{
		of: /^(ECONN(REFUSED|RESET|ABORTED)|ETIMEDOUT|EPIPE|EHOST(UNREACH|DOWN)|ENET(UNREACH|DOWN)|EADDRNOTAVAIL|ENOENT|08...)$/,
		what: 'the database server does not answer',
		todo: REACH,
	},
	{
		of: /timeout exceeded when trying to connect|Connection terminated|not queryable|Query read timeout|after calling end on the pool/,
		what: 'the database server does not answer',
		todo: REACH,
	},
	{
		of: /^CLOSED$|driver has already been destroyed/,
		what: 'it was closed',
		todo: 'If this comes again, see in n8n’s log why.',
		reopen: true,
	},
];

/** Turns what keeps the database from working into one kind of error, which says what to do; everything else passes as it is. */
export function storeError(error: unknown): unknown {
	const trouble = troubleOf(error);
	if (!trouble) return error;
	const { code, message } = Object(error) as { code?: string; message?: string };
	const details = [message, code].filter((each) => each !== undefined && each !== '').join(', ');
	return new StoreUnavailableError(
		`The store is not available: ${trouble.what} (${details}). ${trouble.todo} It is tried again until then.`,
		{ cause: error },
	);
}

/** Whether only a new connection can work again. */
export function needsReopening(error: unknown): boolean {
	return troubleOf(error)?.reopen === true;
}

function troubleOf(error: unknown): Trouble | undefined {
	const { code, message } = Object(error) as { code?: unknown; message?: unknown };
	const sign = typeof code === 'string' ? code : typeof message === 'string' ? message : '';
	return TROUBLES.find(({ of }) => of.test(sign));
}

/** True for conflicts between transactions, which end when the transaction is done once more. */
export function isTransactionConflict(error: unknown): boolean {
	const { code } = Object(error) as { code?: string };
	return code === '40001' || code === '40P01';
}
