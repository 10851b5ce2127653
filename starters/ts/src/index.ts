// Greets whom the request's body names. Each call runs this file anew: nothing is left of the last one.
/** The variables of millrace.json and the secrets of the deal. */
interface Env {
  GREETING: string;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const name = (await request.text()).trim();
    const { length } = [...name];
    if (length > 100) {
      // What the console gets is in the function's log.
      console.error("refused a name of %d characters", length);
      return new Response("100 characters are the most.\n", { status: 400 });
    }
    const { pathname, searchParams } = new URL(request.url);
    return Response.json({
      greeting: `${env.GREETING}, ${name || "world"}!`,
      method: request.method,
      path: pathname,
      from: searchParams.get("from"),
    });
  },
} satisfies Handler<Env>;
