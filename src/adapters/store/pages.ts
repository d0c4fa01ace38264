import type { RawBuilder } from "kysely";
import type { StoreDatabase } from "./tables.ts";

/** What every query that is read in pages selects: the number of the row, to go on from. */
export interface Numbered {
  readonly row: number;
}

/** Where a page begins, and how many rows it has. */
export interface PageOf {
  readonly after: number;
  readonly count: number;
}

const ROWS = 1000;

/**
 * Rows page by page, as often as they are iterated: a statement that is left half read would keep the file locked,
 * and all rows at once may be a million.
 */
export function inPages<Row extends Numbered, T>(
  db: StoreDatabase,
  page: (where: PageOf) => RawBuilder<Row>,
  made: (row: Row) => T,
): AsyncIterable<T> {
  return {
    async *[Symbol.asyncIterator]() {
      for (let after = 0; ; ) {
        const { rows } = await page({ after, count: ROWS }).execute(db);
        for (const row of rows) yield made(row);
        const last = rows.at(-1);
        if (last === undefined || rows.length < ROWS) return;
        after = last.row;
      }
    },
  };
}
