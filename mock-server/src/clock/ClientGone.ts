/** The client disconnected while its request was parked. Rejects the handler's `park`. */
export class ClientGone extends Error {
  override readonly name = "ClientGone"
  constructor() {
    super("the client disconnected before the answer was due")
  }
}
