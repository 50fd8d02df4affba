/** `https://wa.me/<digits>?text=<text>`; what the text carries is rule 14 in docs/consent-rules.md. */
export interface ClickToChat {
	/** E.164 with `+`. */
	senderPhone: string;
	/** Of the group the person chose; null for none. */
	shortcode: string | null;
	/** Of the invitation; null for a link that is the same for everybody. */
	code: string | null;
}

/** `START NEWS 4k7q2mx`: what the link types in for the person. */
export function clickToChatText({ shortcode, code }: Pick<ClickToChat, 'shortcode' | 'code'>): string {
	return ['START', shortcode?.toUpperCase(), code].filter((word) => word !== null && word !== undefined).join(' ');
}

/** Opens a chat with the sender, the text typed in: `https://wa.me/390212345678?text=START%20NEWS%204k7q2mx`. */
export function clickToChatLink({ senderPhone, shortcode, code }: ClickToChat): string {
	return `https://wa.me/${senderPhone.replace(/\D/g, '')}?text=${encodeURIComponent(clickToChatText({ shortcode, code }))}`;
}
