/** The trials that a figure rests on. What is absent is not narrowed down. */
export interface Of {
  readonly run?: string;
  readonly workload?: string;
  readonly level?: number;
  readonly boot?: number;
}
