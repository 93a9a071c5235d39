/** One answer, its body cut at `maxBodyBytes`. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From sending the request to the last byte read, in milliseconds. */
  readonly ms: number;
}

export interface HttpRequest {
  readonly url: string;
  readonly method?: 'GET' | 'HEAD' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  readonly maxBodyBytes?: number;
}

/** Why no answer came. refused, reset, timeout, tls: the other side. dns, local: ours (names, descriptors, routes). */
export type HttpFault = 'refused' | 'reset' | 'timeout' | 'tls' | 'dns' | 'local';

export interface Http {
  /** Redirects are not followed. A failure to get an answer is a value, not a throw; an abort of `signal` throws. */
  request(request: HttpRequest, signal?: AbortSignal): Promise<HttpAnswer | { readonly fault: HttpFault; readonly text: string; readonly ms: number }>;
  close(): Promise<void>;
}
