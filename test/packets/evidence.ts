/** Shows what a test saw beside its name. */
export function evidence(context: Mocha.Context, text: string): void {
  if (context.test !== undefined) context.test.title += ` [${text}]`;
}
