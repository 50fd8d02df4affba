import { type INode, NodeOperationError } from 'n8n-workflow';

import { OptInError } from '../../domain/errors';

/** What happened, and what to do: the first sentence of a domain error, and the rest. */
function splitMessage(text: string): { message: string; description: string | undefined } {
	const end = /[.!?]["”]?\s+(?=["“A-Z])/.exec(text);
	if (!end) return { message: text, description: undefined };
	const cut = end.index + end[0].trimEnd().length;
	return { message: text.slice(0, cut), description: text.slice(cut).trim() };
}

/** n8n's form of an error: it names the item, and shows what to do below what happened. */
export function toNodeError(node: INode, error: unknown, itemIndex: number): NodeOperationError {
	if (error instanceof NodeOperationError) {
		error.context.itemIndex ??= itemIndex;
		return error;
	}
	if (error instanceof OptInError) {
		const { message, description } = splitMessage(error.message);
		return new NodeOperationError(node, message, { itemIndex, ...(description === undefined ? {} : { description }) });
	}
	return new NodeOperationError(node, error instanceof Error ? error : new Error(String(error)), { itemIndex });
}

/** The whole text, for items that carry an error instead of stopping the workflow. */
export function errorText(error: unknown): string {
	if (error instanceof NodeOperationError)
		return error.description ? `${error.message} ${error.description}` : error.message;
	return error instanceof Error ? error.message : String(error);
}
