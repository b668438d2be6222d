// Columns for people. Pure.

/** Columns of the same width; the cells may hold colours. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const width = (text: string): number => text.replaceAll(/\u001b\[[0-9;]*m/g, '').length;
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map(row => width(row[i] ?? '')))) ?? [];
  return rows.map(row =>
    row
      .map((cell, i) => `${cell}${' '.repeat((widths[i] ?? 0) - width(cell))}`)
      .join('  ')
      .trimEnd(),
  );
}
