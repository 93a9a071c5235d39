/**
 * transient: may go right if tried again · permanent: will not · invalid: the input is wrong · denied: not allowed.
 */
export type ErrorClass = 'transient' | 'permanent' | 'invalid' | 'denied';

/**
 * The one error type of the product. `message` says what happened and why; `mend` says what a person does now.
 * Secrets never stand in either.
 */
export class HypercareError extends Error {
  override readonly name = 'HypercareError';
  constructor(
    readonly code: string,
    readonly errorClass: ErrorClass,
    message: string,
    readonly mend: string | null = null,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

/** The text of anything thrown, with its chain of causes, on one line and at most 500 characters. */
export function errorText(thrown: unknown): string {
  const parts: string[] = [];
  for (let at: unknown = thrown; at !== undefined && at !== null && parts.length < 5; at = (at as { cause?: unknown }).cause) {
    const text = (at instanceof Error ? at.message || at.name : String(at)).replace(/\s+/g, ' ').trim();
    // A wrapper that repeats its cause, whole or in its midst, would say it twice.
    if (text && !parts.some((part) => part.includes(text))) parts.push(text);
  }
  return parts.join(': ').slice(0, 500);
}
