/** How a message travels. Push is what websms reports when it delivered an SMS as a push message: a channel of reports only. */
export type Channel = 'sms' | 'whatsapp';
export type ReportChannel = Channel | 'push';

/** Advertisement needs a ground that the person gave; Service is what the person asked for. */
export type Purpose = 'advertisement' | 'service';
