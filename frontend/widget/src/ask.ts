import type { Reason } from "../index";
import { fields, items, text, texts } from "./reading";

/** How long an answer may take. Nobody waits for it before the fallback: that is there meanwhile. */
export const DEADLINE_MS = 10_000;
/** The largest answer that is read. */
export const MAX_BYTES = 1 << 20;

/** A place that a node does not take. */
export interface WrongPlace {
  /** Why, in the language that was asked for. */
  detail: string;
  /** What was perhaps meant, as it can be asked for. */
  similar: string[];
}

export class Failure extends Error {
  readonly reason: Reason;
  /** What is wrong with the place, if that is it. */
  readonly place: WrongPlace | null;

  constructor(reason: Reason, place: WrongPlace | null = null) {
    super(reason);
    this.reason = reason;
    this.place = place;
  }
}

/**
 * What a node answers; a {@link Failure} if it does not, and nothing once `givenUp` was aborted.
 *
 * It is a plain request, so it needs no preflight; no cookie goes with it, nor the address of the page.
 */
export async function ask(address: URL, givenUp: AbortSignal): Promise<unknown> {
  const inTime = new AbortController();
  const giveUp = () => inTime.abort();
  givenUp.addEventListener("abort", giveUp);
  const deadline = setTimeout(giveUp, DEADLINE_MS);
  try {
    const response = await fetch(address, {
      credentials: "omit",
      referrerPolicy: "no-referrer",
      redirect: "error",
      signal: inTime.signal,
    });
    const answer = await json(response);
    if (!response.ok) throw new Failure("refused", wrongPlace(answer));
    return answer;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(inTime.signal.aborted ? "late" : "unreachable");
  } finally {
    clearTimeout(deadline);
    givenUp.removeEventListener("abort", giveUp);
  }
}

async function json(response: Response): Promise<unknown> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let read = "";
  let bytes = 0;
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    bytes += part.value.byteLength;
    if (bytes > MAX_BYTES) {
      await reader?.cancel();
      throw new Failure("nonsense");
    }
    read += decoder.decode(part.value, { stream: true });
  }
  try {
    return JSON.parse(read + decoder.decode());
  } catch {
    throw new Failure(response.ok ? "nonsense" : "refused");
  }
}

/** What a problem (RFC 9457) of a node says about the place. */
function wrongPlace(problem: unknown): WrongPlace | null {
  const fault = items(fields(problem).errors)
    .map(fields)
    .find(({ field }) => field === "near");
  const detail = text(fault?.detail);
  return detail ? { detail, similar: texts(fault?.similar) } : null;
}
