/** Jest reporter: one plain closing line with the number of tests, for people and for CI. */
class ClosingLine {
	onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites }) {
		const failed = numFailedTests + numRuntimeErrorTestSuites;
		const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
		process.stderr.write(`\n${numPassedTests} passed, ${failed} failed${skipped}\n`);
	}
}

module.exports = ClosingLine;
