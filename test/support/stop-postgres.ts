export default async function stop(): Promise<void> {
	const { optinPostgres } = globalThis as unknown as { optinPostgres: { remove(): Promise<void> } };
	await optinPostgres.remove();
}
