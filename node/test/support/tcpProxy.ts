import { connect, createServer, type Server, type Socket } from "node:net";

/** A TCP proxy that can be cut and mended: an RPC endpoint that goes down. */
export interface TcpProxy {
  cut: () => Promise<void>;
  mend: () => Promise<void>;
}

/** Starts a proxy on `port` to another port of this machine. */
export async function startProxy(port: number, targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  const mend = async () => {
    const next = createServer((incoming) => {
      const outgoing = connect(targetPort, "127.0.0.1");
      for (const socket of [incoming, outgoing]) {
        sockets.add(socket);
        socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
      }
      incoming.pipe(outgoing).pipe(incoming);
    });
    await new Promise<void>((resolve) => next.listen(port, "127.0.0.1", resolve));
    server = next;
  };
  await mend();
  return {
    mend,
    cut: async () => {
      const closing = server;
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => (closing === undefined ? resolve(undefined) : closing.close(resolve)));
    },
  };
}
