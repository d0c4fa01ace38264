/** What is left of a layout of boots × levels after both have been taken out; its mean square is squares / df. */
export interface BlockResidual {
  readonly squares: number;
  /** (boots − 1) × (levels − 1) where nothing is missing. */
  readonly df: number;
}

/**
 * Least squares of the additive model, value = boot + level + noise (Searle 1987, Linear Models for Unbalanced Data,
 * chapter 4). A row is a boot; where a level is missing in it, the value is undefined.
 */
export function blockResidual(rows: readonly (readonly (number | undefined)[])[]): BlockResidual {
  const boots = rows.map(centred).filter(({ length }) => length > 1);
  const levels = Math.max(0, ...rows.map(({ length }) => length));
  const { effects, rank } = levelEffects(boots, levels);
  let squares = 0;
  let values = 0;
  for (const boot of boots) {
    const middle = boot.reduce((sum, { level }) => sum + (effects[level] ?? 0), 0) / boot.length;
    for (const { level, value } of boot) squares += (value - (effects[level] ?? 0) + middle) ** 2;
    values += boot.length;
  }
  return { squares, df: values - boots.length - rank };
}

interface Centred {
  readonly level: number;
  /** Less the mean of its boot. */
  readonly value: number;
}

function centred(row: readonly (number | undefined)[]): readonly Centred[] {
  const found = row.flatMap((value, level) => (value === undefined ? [] : [{ level, value }]));
  const mean = found.reduce((sum, { value }) => sum + value, 0) / found.length;
  return found.map(({ level, value }) => ({ level, value: value - mean }));
}

/** Solves the normal equations of the levels, boots eliminated; levels that nothing ties together get 0. */
function levelEffects(
  boots: readonly (readonly Centred[])[],
  levels: number,
): { readonly effects: readonly number[]; readonly rank: number } {
  const equations = Array.from({ length: levels }, () => new Array<number>(levels + 1).fill(0));
  for (const boot of boots) {
    for (const { level, value } of boot) {
      const own = equations[level] ?? [];
      own[levels] = (own[levels] ?? 0) + value;
      for (const other of boot) {
        own[other.level] = (own[other.level] ?? 0) + (other.level === level ? 1 : 0) - 1 / boot.length;
      }
    }
  }
  return solved(equations, levels);
}

/** Gauss and Jordan; the matrix is positive semidefinite, so a pivot of nothing means a row of nothing. */
function solved(equations: number[][], size: number) {
  const kept: number[] = [];
  for (let at = 0; at < size; at++) {
    const row = equations[at] ?? [];
    const pivot = row[at] ?? 0;
    if (pivot < SMALLEST_PIVOT) continue;
    kept.push(at);
    for (let column = 0; column <= size; column++) row[column] = (row[column] ?? 0) / pivot;
    for (const other of equations) {
      const factor = other === row ? 0 : (other[at] ?? 0);
      if (factor === 0) continue;
      for (let column = 0; column <= size; column++) {
        other[column] = (other[column] ?? 0) - factor * (row[column] ?? 0);
      }
    }
  }
  const effects = equations.map((row, at) => (kept.includes(at) ? (row[size] ?? 0) : 0));
  return { effects, rank: kept.length };
}

/** Pivots are sums of 1 − 1/levels; what is below this is rounding. */
const SMALLEST_PIVOT = 1e-9;
