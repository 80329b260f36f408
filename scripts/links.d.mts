export declare const targetsOf: (text: string) => ReadonlyArray<string>
