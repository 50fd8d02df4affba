/** An e-mail as the page shows it. */
export interface Mail {
	id: string;
	/** UTC ms of arrival. */
	at: number;
	from: string;
	to: string;
	subject: string;
	text: string;
	/** Null: the mail has no HTML part. */
	html: string | null;
	attachments: Array<{ name: string; contentType: string; sizeBytes: number; contentBase64: string }>;
	/** The whole mail as it came. */
	source: string;
}

/** The mailbox as the gateway's page and control API see it. */
export interface MailSource {
	/** Newest first. */
	mails(): readonly Mail[];
	clear(): void;
	onChange(listener: () => void): void;
}
