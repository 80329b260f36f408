/** A client that went away while its request was parked. */
export class ClientGone extends Error {
  override readonly name = "ClientGone"
  constructor() {
    super("the client has gone")
  }
}
