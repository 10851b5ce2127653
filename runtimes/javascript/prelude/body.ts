import { isBufferSource, viewBytes } from "./bytes.ts";
import { decodeUtf8, encodeUtf8 } from "./text.ts";
import { URLSearchParams } from "./url/search-params.ts";

/** What a message carries: a text, bytes, or a function that reads them when somebody asks. */
export type Content = string | Uint8Array | (() => Uint8Array);

/** A message's body as an object: its bytes in one piece, for another message or `for await`. */
export class BodyContent {
  readonly #take: () => Content;

  constructor(take: () => Content) {
    this.#take = take;
  }

  /** The content, which is used up by this. */
  static take(body: BodyContent): Content {
    return body.#take();
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the Web's bodies are asynchronous
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    yield contentBytes(this.#take());
  }
}

export type BodyInit =
  string | ArrayBufferLike | ArrayBufferView | URLSearchParams | BodyContent | null | undefined;

/**
 * A body from what a program gives for it, and the type of its content if that says it.
 * @throws TypeError for what is not there, such as streams
 */
export function readInit(init: BodyInit): { content: Content | undefined; type: string | undefined } {
  if (init === undefined || init === null) return { content: undefined, type: undefined };
  if (init instanceof BodyContent) return { content: BodyContent.take(init), type: undefined };
  if (isBufferSource(init)) return { content: viewBytes(init).slice(), type: undefined };
  if (init instanceof URLSearchParams)
    return { content: init.toString(), type: "application/x-www-form-urlencoded;charset=UTF-8" };
  if (typeof init === "object" && (Symbol.asyncIterator in init || "getReader" in init))
    throw new TypeError("A body cannot be a stream here: give a text, an ArrayBuffer or a typed array.");
  return { content: String(init as unknown).toWellFormed(), type: "text/plain;charset=UTF-8" };
}

export function contentBytes(content: Content): Uint8Array {
  return typeof content === "function"
    ? content()
    : typeof content === "string"
      ? encodeUtf8(content)
      : content;
}

/** What Request and Response have in common. */
export abstract class Body {
  #content: Content | undefined;
  #isUsed = false;

  constructor(content: Content | undefined) {
    this.#content = content;
  }

  get bodyUsed(): boolean {
    return this.#isUsed;
  }

  get body(): BodyContent | null {
    return this.#content === undefined ? null : new BodyContent(() => this.#take());
  }

  /** The content; the message has it no longer. */
  static takeContent(message: Body): Content {
    return message.#take();
  }

  /** The content for a second message; both have it. */
  static shareContent(message: Body): Content | undefined {
    if (message.#isUsed) throw new TypeError("The body has been read already.");
    if (typeof message.#content === "function") message.#content = message.#content();
    return message.#content;
  }

  #take(): Content {
    if (this.#content === undefined) return "";
    if (this.#isUsed) throw new TypeError("The body has been read already.");
    this.#isUsed = true;
    return this.#content;
  }

  /* eslint-disable @typescript-eslint/require-await -- they reject instead of throwing */
  async text(): Promise<string> {
    const content = this.#take();
    return typeof content === "string" ? content : decodeUtf8(contentBytes(content));
  }

  async json(): Promise<unknown> {
    const content = this.#take();
    return JSON.parse(typeof content === "string" ? content : decodeUtf8(contentBytes(content)));
  }

  async bytes(): Promise<Uint8Array> {
    return contentBytes(this.#take()).slice();
  }

  async arrayBuffer(): Promise<ArrayBufferLike> {
    return contentBytes(this.#take()).slice().buffer;
  }
  /* eslint-enable @typescript-eslint/require-await */
}
