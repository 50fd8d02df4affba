/** Where the providers' webhooks go, as the company has entered it at each of them. */
export interface Callbacks {
	/** Meta: the one callback URL of the app. */
	meta: string | null;
	/** websms: the inbound rule's URL, with the secret in its query. */
	websms: string | null;
}
