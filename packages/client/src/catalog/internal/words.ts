/** The status words of deliveries: those of the enumeration, and `PENDING` and `SUCCESSFUL` of examples. */
export const deliveryWords = ["UNSPECIFIED", "CREATED", "PENDING", "IN_PROGRESS", "SUCCESS", "SUCCESSFUL", "FAILED"]
