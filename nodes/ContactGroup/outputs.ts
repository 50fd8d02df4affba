/** Only Import has a second output: the rows it could not take. n8n evaluates this for the editor; `main` is its word for an ordinary connection. */
export const outputsExpression = `={{ $parameter["resource"] === "contact" && $parameter["operation"] === "import" ? [{ type: "main", displayName: "Summary" }, { type: "main", displayName: "Rejected" }] : ["main"] }}`;
