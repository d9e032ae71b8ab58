// Generated from openapi.json by `npm run generate:api`. Do not edit.

export interface paths {
    "/v1/chain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the heights of the chain and of the index. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ChainStatus"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/claims": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the highest claim of each session of which something is not settled for good. At most two seconds old. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Items on the page, at most 100. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_ClaimView"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/creators/{account}/audience": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who watched an account's streams at this gateway: viewers, previews, and how many of those went on to pay. */
        get: {
            parameters: {
                query?: {
                    from?: number;
                    to?: number;
                    by?: "minute" | "hour" | "day";
                };
                header?: never;
                path: {
                    account: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AudienceHistory"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/creators/{account}/earnings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns what an account earned in a range of time, and what it may be paid out. */
        get: {
            parameters: {
                query?: {
                    from?: number;
                    to?: number;
                    by?: "minute" | "hour" | "day";
                };
                header?: never;
                path: {
                    account: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Earnings"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/gateway": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the gateway's account, addresses and terms. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["GatewayInfo"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/images": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stores a picture: the body is the file. Any account may, within its limit; the account signs the request. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            /** @description A JPEG, PNG, WebP or GIF of at most 10 MiB and 40 million pixels. */
            requestBody?: {
                content: {
                    "image/*": unknown;
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ImageView"];
                    };
                };
                /** @description `unsigned` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `timeout` */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `conflict`: the account has as many pictures as it may. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-large` */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `picture-refused`: the detail says why. */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unavailable`: the gateway is busy, or has no room. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/images/remote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Leads to the picture that a stream's metadata names, which is fetched the first time. */
        get: {
            parameters: {
                query: {
                    /** @description Number of the stream. */
                    stream: string;
                    /** @description Width in pixels, as of any picture. */
                    width?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Where the picture is. */
                302: {
                    headers: {
                        /** @description Path at this gateway. */
                        Location?: string;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: the stream names no picture, or it cannot be fetched. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unavailable`: the gateway is fetching others. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/images/{hash}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns a picture, as WebP to browsers that accept it. */
        get: {
            parameters: {
                query?: {
                    /** @description Width in pixels; the narrowest picture that is enough is given. 640 without it. */
                    width?: number;
                };
                header?: never;
                path: {
                    hash: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/webp": unknown;
                        "image/jpeg": unknown;
                    };
                };
                /** @description The range that was asked for. */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The picture is as it was. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the jobs of a stream, the newest first. */
        get: {
            parameters: {
                query: {
                    /** @description Number of the stream. */
                    stream: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobView"][];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Returns a job. Its id, of 128 random bits, is known to its creator: no signature is needed, so that a page can follow it
         *     without asking the wallet.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobView"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Cancels a job. Nothing of it is left. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/probe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns random bytes, to measure the bandwidth with. */
        get: {
            parameters: {
                query?: {
                    /** @description Number of bytes, at most 1048576. */
                    bytes?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": unknown;
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/publish/{stream}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Accepts a segment, an initialisation segment or a playlist of an encoder's HLS or CMAF. */
        put: {
            parameters: {
                query?: {
                    /** @description The publish key, for encoders that cannot set headers. */
                    key?: string | null;
                };
                header?: never;
                path: {
                    stream: number;
                    /** @description Name of the file, which may contain slashes. */
                    name: string;
                };
                cookie?: never;
            };
            /** @description The file, of any media type. */
            requestBody?: {
                content: {
                    "application/octet-stream": unknown;
                };
            };
            responses: {
                /** @description The file is a part of the broadcast. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The file waits for those before it. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The file is not needed, or was there before. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `publish-refused`: the request has no publish key. */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `publish-refused`: another key, or the stream has ended or is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `timeout` */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `conflict`: the publisher cannot begin at this moment. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `publish-refused`: the file is too large. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `publish-refused`: the file is not what a broadcast can be made of. */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-many-requests`: too many wrong keys. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unavailable`: the gateway is busy. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Accepts a file as `PUT` does, for encoders that post. */
        post: {
            parameters: {
                query?: {
                    /** @description The publish key, for encoders that cannot set headers. */
                    key?: string | null;
                };
                header?: never;
                path: {
                    stream: number;
                    /** @description Name of the file, which may contain slashes. */
                    name: string;
                };
                cookie?: never;
            };
            /** @description The file, of any media type. */
            requestBody?: {
                content: {
                    "application/octet-stream": unknown;
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Answers encoders that delete what has left their playlist. Nothing of theirs is kept here. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    stream: number;
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists public recordings of all streams, the last first. */
        get: {
            parameters: {
                query?: {
                    /** @description Words that must all occur in title or description, or in the texts of the stream. */
                    q?: string;
                    /** @description Only recordings of this stream. */
                    stream?: number;
                    /** @description Only recordings of this creator's streams. */
                    creator?: string;
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Maximum number of items on the page, at most 100. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_RecordingView"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Offers a ticket: the session is opened on chain, and its first ticks are on credit until then. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OfferTicket"];
                };
            };
            responses: {
                /** @description the same ticket was offered before */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionView"];
                    };
                };
                /** @description the session is new */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionView"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns a session: its phase, its terms and its tick counts. A session not held here is read from the index. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionView"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{id}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ends a session: revealed ticks are settled, then the session is closed on chain and the rest of the reserve refunded.
         *     Requires the session's token, or a new tick.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionView"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{id}/receipts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the settlements of a session, as finalized blocks have them. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Items on the page, at most 100. */
                    limit?: number;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_Receipt"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{id}/ticks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reveals ticks without asking for a key. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Advance"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Paid"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists streams. */
        get: {
            parameters: {
                query?: {
                    /** @description Words that must all occur in title, description, category or tags. */
                    q?: string;
                    /** @description `true` for streams on air at this gateway only, `false` for all others only. */
                    live?: boolean;
                    /** @description Only streams of this category. */
                    category?: string;
                    /** @description Only streams of this creator. Ended and suspended ones are listed too; without this, they are not. */
                    creator?: string;
                    /** @description Lowest price of a tick, in planck. */
                    min_price?: string;
                    /** @description Highest price of a tick, in planck. */
                    max_price?: string;
                    sort?: "newest" | "price" | "viewers" | "earned";
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Maximum number of items on the page, at most 100. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_StreamView"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns one stream, whatever its status. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StreamView"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/bought": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the keys of a stream that a viewer has bought, by a session of the viewer (`Authorization: Payment`, with its token) or
         *     by the signature of a session key.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BoughtKeys"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                402: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/captions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the captions of a stream on air. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CaptionsView"][];
                    };
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: the stream is not on air here. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/captions/{language}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Adds cues to the captions of a stream on air. The creator signs the request. A repeated request adds nothing. */
        put: {
            parameters: {
                query?: {
                    /** @description Name that viewers read; without it, the language. */
                    label?: string;
                    /** @description Whether players show these captions unless the viewer chooses otherwise. */
                    default?: boolean;
                    /** @description For streams on air, what times count from: `beginning`, which is the default, `now`, or milliseconds since 1970. */
                    from?: string;
                };
                header?: never;
                path: {
                    id: number;
                    /** @description A tag like `pt-BR`. */
                    language: string;
                };
                cookie?: never;
            };
            /** @description WebVTT of at most 2 MiB. */
            requestBody: {
                content: {
                    "text/vtt": string;
                };
            };
            responses: {
                /** @description The cues are added. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `bad-request`: a language, a label or a time that is not allowed. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unsigned` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `forbidden`, or `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: the stream is not on air here. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `conflict`: too many captions, or in too many languages. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-large` */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `captions-invalid`: the detail names the line. */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Deletes captions of a stream on air. The creator signs the request. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    language: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The captions are deleted. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `unsigned` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `forbidden`, or `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: the stream is not on air here, or has no such captions. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/clips": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes a clip of 5 to 120 s, which is a recording of its own.
         * @description The creator signs the request. Where the creator lets viewers make clips (the setting `clips`), a viewer can as well, of what
         *     the viewer has bought; such a clip is unlisted and costs ticks.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewClip"];
                };
            };
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobView"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the health of the incoming stream. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["IngestHealth"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/hls/c/{name}/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the text of captions for a segment of a stream on air, encrypted as the segment is. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    name: string;
                    /** @description As the playlist names it. */
                    file: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/vtt; charset=utf-8": unknown;
                    };
                };
                /** @description The range that was asked for. */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The text is as it was. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/hls/dvr/c/{name}/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the text of captions for a segment, encrypted as the segment is. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    name: string;
                    /** @description As the playlist names it. */
                    file: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/vtt; charset=utf-8": unknown;
                    };
                };
                /** @description The range that was asked for. */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The text is as it was. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/hls/dvr/{playlist}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns a playlist that reaches back to the beginning of the broadcast, or as far as its creator allows. */
        get: {
            parameters: {
                query?: {
                    /** @description `YES` or `v2`: the player has an earlier version of the playlist. */
                    _HLS_skip?: string;
                    /** @description Session and token, for players that cannot set headers. */
                    token?: string;
                };
                header?: never;
                path: {
                    id: number;
                    /** @description `master.m3u8`, or a playlist that it names. */
                    playlist: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/vnd.apple.mpegurl": string;
                    };
                };
                /** @description The playlist is as it was. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: nothing is on air, or viewers cannot go back in it. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/hls/v/{rendition}/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns an initialisation, a segment or a part of a segment of the broadcast on air: encrypted, and the same for everybody. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    rendition: string;
                    /** @description As the playlist names it. */
                    file: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/iso.segment": unknown;
                        "video/mp4": unknown;
                    };
                };
                /** @description The range that was asked for. */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Media does not change. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `bad-request`: the part is too far ahead. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `preview-over` or `network-preview-over`: of the clear preview only. */
                402: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unavailable`: the part was not complete in time. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/hls/{playlist}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns a playlist of the broadcast on air. */
        get: {
            parameters: {
                query?: {
                    /** @description The answer waits for the segment with this number. */
                    _HLS_msn?: number;
                    /** @description The answer waits for this part of the segment. */
                    _HLS_part?: number;
                    /** @description `YES` or `v2`: the player has an earlier version of the playlist. */
                    _HLS_skip?: string;
                    /** @description Session and token, for players that cannot set headers. */
                    token?: string;
                    /** @description With any value, playlists that reach back are meant. */
                    dvr?: string;
                };
                header?: never;
                path: {
                    id: number;
                    /** @description `master.m3u8`, or a playlist that it names. */
                    playlist: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/vnd.apple.mpegurl": string;
                    };
                };
                /** @description The playlist is as it was. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description With `dvr`: where the playlist that reaches back is. */
                307: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `bad-request`: what is waited for is too far ahead. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: the stream is not on air here, or has no such playlist. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unavailable`: nothing is packaged yet, or nothing new has arrived. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/keys/bought": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives keys again that a viewer has bought, by the signature of a session key: 16 bytes each, in order of their indices. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["BoughtKeysRequest"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": unknown;
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                402: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/keys/{index}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Gives keys, for ticks or within a preview: 16 bytes each, in order of their indices.
         * @description `Authorization: Payment session="0x…", ticks=…, proof="0x…"` reveals a tick, and the same with `token="…"` buys for ticks that
         *     are revealed already. Without it, the keys are counted with the preview of the device, which is known by a cookie.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Number of keys that follow each other, from 1 to 64. One without it. */
                    count?: number;
                    /** @description Session and token, for players that cannot set headers: `{session}.{token}`. */
                    token?: string;
                };
                header?: never;
                path: {
                    id: number;
                    /** @description Index of the first key. */
                    index: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The keys. */
                200: {
                    headers: {
                        /** @description Ticks for which keys were given; if ticks were paid. */
                        "X-Vilokanam-Charged-Ticks"?: number;
                        /** @description Free ticks of the device; within a preview. */
                        "X-Vilokanam-Preview-Ticks-Left"?: number;
                        /** @description Highest tick that the viewer has revealed; if ticks were paid. */
                        "X-Vilokanam-Revealed-Ticks"?: number;
                        /** @description The session's token, after a new tick or a repeated first one. */
                        "X-Vilokanam-Token"?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": unknown;
                    };
                };
                /** @description `bad-request`: too many keys at once, or a payment that cannot be read. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description A payment is required; the code says why, and what to do. */
                402: {
                    headers: {
                        /** @description What is to be paid, after the `Payment` scheme. */
                        "WWW-Authenticate"?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: the stream has no such key at this gateway. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `stream-not-hosted` */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unavailable` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /** Answers a request for the headers alone: whether the keys exist. It gives no key, and so costs nothing. */
        head: {
            parameters: {
                query?: {
                    /** @description Number of keys that follow each other, from 1 to 64. One without it. */
                    count?: number;
                    /** @description Session and token, for players that cannot set headers: `{session}.{token}`. */
                    token?: string;
                };
                header?: never;
                path: {
                    id: number;
                    /** @description Index of the first key. */
                    index: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The keys exist. */
                200: {
                    headers: {
                        /** @description 16 for each key. */
                        "Content-Length"?: number;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `bad-request`: too many keys at once. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: the stream has no such key at this gateway. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/publish-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the stream's publish keys, without their secrets. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PublishKeyInfo"][];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Creates a publish key. Its secret is in this answer only.
         * @description A stream below the gateway's lowest price or share gets none, since no session of it would be accepted here.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NewPublishKey"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/publish-keys/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revokes a publish key and cuts off a publisher that uses it. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/quality": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns how viewers experienced the playback of a stream and its recordings, by time. */
        get: {
            parameters: {
                query?: {
                    from?: number;
                    to?: number;
                    by?: "minute" | "hour" | "day";
                };
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["QualityHistory"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Takes a player's report. A device without the gateway's cookie receives one, and counts from its next report on. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["QualityReport"];
                };
            };
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the recordings of a stream, the last first. The creator, who signs the request, sees all of them. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Items on the page, at most 100. */
                    limit?: number;
                };
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_RecordingView"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/recordings/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns one recording of a stream. The creator, who signs the request, sees also those that are private or in work. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    /** @description The `reference` of the recording: its number; for an unlisted one `{number}-{token}`, unless its creator asks. */
                    number: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecordingView"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Deletes a recording. Its playlists, media and keys are refused from now on, and its files are removed within minutes. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    number: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Describes a recording. */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    number: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RecordingPatch"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecordingView"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/streams/{id}/recordings/{number}/c/{name}/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the text of captions for a segment of a recording, encrypted as the segment is. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    /** @description The recording's `reference`. */
                    number: string;
                    name: string;
                    /** @description As the playlist names it. */
                    file: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/vtt; charset=utf-8": unknown;
                    };
                };
                /** @description The range that was asked for. */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The text is as it was. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/recordings/{number}/captions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the captions of a recording. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    /** @description The recording's `reference`. */
                    number: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CaptionsView"][];
                    };
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: no such recording. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/recordings/{number}/captions/{language}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Stores captions of a recording, in place of those in the same language. The creator signs the request. */
        put: {
            parameters: {
                query?: {
                    /** @description Name that viewers read; without it, the language. */
                    label?: string;
                    /** @description Whether players show these captions unless the viewer chooses otherwise. */
                    default?: boolean;
                    /** @description For streams on air, what times count from: `beginning`, which is the default, `now`, or milliseconds since 1970. */
                    from?: string;
                };
                header?: never;
                path: {
                    id: number;
                    number: number;
                    /** @description A tag like `pt-BR`. */
                    language: string;
                };
                cookie?: never;
            };
            /** @description WebVTT of at most 2 MiB. */
            requestBody: {
                content: {
                    "text/vtt": string;
                };
            };
            responses: {
                /** @description The captions are stored. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `bad-request`: a language or a label that is not allowed. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unsigned` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `forbidden`, or `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: no such recording. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `conflict`: captions in too many languages. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-large` */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `captions-invalid`: the detail names the line. */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Deletes captions of a recording. The creator signs the request. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    number: number;
                    language: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The captions are deleted. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `unsigned` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `forbidden`, or `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: no such recording, or no captions in this language. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/recordings/{number}/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sends a recording as fragmented MP4, to viewers who have bought all of it, and to its creator.
         * @description The creator signs the request. Viewers prove what they have bought as for the keys: by a session and its token, or by the
         *     signature of a session key.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Name of the rendition; without it, the best. */
                    rendition?: string;
                    /** @description Session and token of the viewer, for browsers that cannot set headers: `{session}.{token}`. */
                    session?: string;
                };
                header?: never;
                path: {
                    id: number;
                    /** @description The recording's `reference`. */
                    number: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The file, from time 0 on. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/mp4": unknown;
                    };
                };
                /** @description `unsigned`: nothing says whose purchases are meant. */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-bought`: the viewer has not bought all of it. */
                402: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `forbidden`, or `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: no such recording or rendition. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unavailable`: too many downloads, in all or of the network. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/recordings/{number}/sprites/{sheet}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns a sheet of pictures of a recording's storyboard. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    /** @description The recording's `reference`. */
                    number: string;
                    /** @description `0.jpg` and so on. */
                    sheet: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/jpeg": unknown;
                    };
                };
                /** @description The range that was asked for. */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The sheet is as it was. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/recordings/{number}/v/{rendition}/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns an initialisation or a segment of a recording: encrypted, and the same for everybody. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    /** @description The recording's `reference`. */
                    number: string;
                    rendition: string;
                    /** @description As the playlist names it. */
                    file: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/iso.segment": unknown;
                        "video/mp4": unknown;
                    };
                };
                /** @description The range that was asked for. */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Media does not change. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/recordings/{number}/{playlist}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns a playlist of a recording, or its storyboard. */
        get: {
            parameters: {
                query?: {
                    /** @description Session and token, for players that cannot set headers. */
                    token?: string;
                };
                header?: never;
                path: {
                    id: number;
                    /** @description The recording's `reference`. */
                    number: string;
                    /** @description `master.m3u8`, a playlist that it names, or `storyboard.vtt`. */
                    playlist: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/vnd.apple.mpegurl": string;
                        "text/vtt; charset=utf-8": string;
                    };
                };
                /** @description The playlist is as it was. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the sessions that paid most for a stream. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Items on the page, at most 100. */
                    limit?: number;
                };
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionRecord"][];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns what the creator has set for a stream. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StreamSettings"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes settings of a stream, as a JSON merge patch: `null` takes a setting back. */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["StreamSettings"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StreamSettings"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/streams/{id}/source": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the source from which the stream is pulled. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PulledSource"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /**
         * Sets the URL from which the gateway pulls the stream's video, and begins to pull it.
         * @description HLS, RTMP, RTSP and SRT are pulled, from public addresses only. What fails later is in the stream's health.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SetSource"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PulledSource"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Stops pulling the stream. Its broadcast waits for a publisher. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/sprites/{sheet}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Returns a sheet of pictures of the storyboard.
         * @description Sheets are cached briefly: a growing one changes with each thumbnail, and a name is the same in every broadcast.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    /** @description `0.jpg` and so on. */
                    sheet: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/jpeg": unknown;
                    };
                };
                /** @description The range that was asked for. */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The sheet is as it was. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/srt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Opens an SRT listener for the stream, on a port of its own, with the publish key as the passphrase. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OpenSrt"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SrtListener"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Closes the SRT listener of the stream and cuts off its publisher. Requires the publish key as uploads do. */
        delete: {
            parameters: {
                query?: {
                    /** @description The publish key, for encoders that cannot set headers. */
                    key?: string | null;
                };
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/storyboard.vtt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the storyboard of the broadcast on air: times, and where their pictures are in the sheets. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/vtt; charset=utf-8": string;
                    };
                };
                /** @description The storyboard is as it was. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/thumbnail.jpg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the newest picture of the broadcast on air. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/jpeg": unknown;
                    };
                };
                /** @description The range that was asked for. */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The picture is as it was. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/whip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begins a session of WebRTC (WHIP, RFC 9725): answers an offer. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            /** @description The offer, of at most 64 KiB. */
            requestBody: {
                content: {
                    "application/sdp": string;
                };
            };
            responses: {
                /** @description The answer. */
                201: {
                    headers: {
                        /** @description Names the session. */
                        ETag?: string;
                        /** @description Address of the session. */
                        Location?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/sdp": string;
                    };
                };
                /** @description `publish-refused`: the request has no publish key. */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `publish-refused`: another key, or the stream has ended or is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `timeout` */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `conflict`: the publisher cannot begin at this moment. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-large` */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unsupported-media-type` */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `publish-refused`: the offer cannot be answered; the detail says why. */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-many-requests`: too many wrong keys. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unavailable`: no place is free, or the gateway takes no WHIP. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/whip/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends a session of WebRTC and its broadcast. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    session: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The session is over. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `publish-refused`: the request has no publish key. */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `publish-refused`: another key. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: no such session. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-many-requests`: too many wrong keys. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /**
         * Accepts candidates that come after the offer, of which none is needed: the gateway answers where a publisher's
         *     connectivity checks come from.
         */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                    session: string;
                };
                cookie?: never;
            };
            /** @description Candidates. */
            requestBody: {
                content: {
                    "application/trickle-ice-sdpfrag": string;
                };
            };
            responses: {
                /** @description They are not needed. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `publish-refused`: the request has no publish key. */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `publish-refused`: another key. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: no such session. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unsupported-media-type` */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `publish-refused`: a restart of ICE; post a new offer. */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-many-requests`: too many wrong keys. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begins an upload of a finished video, after tus 1.0. The creator signs the request, which has no body.
         * @description The address in the answer is a secret: the requests with the bytes are not signed. `OPTIONS` names the extensions that the
         *     gateway knows, and the longest upload in `Tus-Max-Size`.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description `1.0.0`. */
                    "Tus-Resumable": string;
                    /** @description Bytes of the file. */
                    "Upload-Length": number;
                    /** @description Keys and their values in Base64, separated by commas: `stream`, and as wanted `title`, `filename`. */
                    "Upload-Metadata": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The upload may be sent. */
                201: {
                    headers: {
                        /** @description Address of the upload. */
                        Location?: string;
                        /** @description `1.0.0`. */
                        "Tus-Resumable"?: string;
                        /** @description Time at which it is removed if no bytes arrive. */
                        "Upload-Expires"?: string;
                        /** @description Id of the job that begins with its last byte. */
                        "X-Vilokanam-Job"?: string;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `bad-request`: a header is missing or cannot be read. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unsigned` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `forbidden` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: no such stream. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `quota-used`, or `conflict`: too many uploads or jobs, or the stream has ended. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `bad-request`: another version of tus. */
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-large` */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `price-below-minimum` or `share-below-minimum` */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unavailable`: the gateway has no room. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads/{upload}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes an upload that is not complete. */
        delete: {
            parameters: {
                query?: never;
                header: {
                    /** @description `1.0.0`. */
                    "Tus-Resumable": string;
                };
                path: {
                    upload: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The upload is gone. */
                204: {
                    headers: {
                        /** @description `1.0.0`. */
                        "Tus-Resumable"?: string;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `not-found`: no such upload. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `conflict`: the upload is complete; cancel its job instead. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `bad-request`: another version of tus. */
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        /** Tells how much of an upload has arrived. */
        head: {
            parameters: {
                query?: never;
                header: {
                    /** @description `1.0.0`. */
                    "Tus-Resumable": string;
                };
                path: {
                    upload: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The upload is known. */
                200: {
                    headers: {
                        /** @description `1.0.0`. */
                        "Tus-Resumable"?: string;
                        /** @description Time at which it is removed if no bytes arrive. */
                        "Upload-Expires"?: string;
                        /** @description Bytes of the file. */
                        "Upload-Length"?: number;
                        /** @description Bytes that have arrived. */
                        "Upload-Offset"?: number;
                        /** @description Id of the job that begins with its last byte. */
                        "X-Vilokanam-Job"?: string;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `not-found`: no such upload; begin again. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `bad-request`: another version of tus. */
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /**
         * Takes bytes of an upload. The last of them begin its job.
         * @description What has arrived of a request that is cut off is kept: `HEAD` tells where to go on.
         */
        patch: {
            parameters: {
                query?: never;
                header: {
                    /** @description `1.0.0`. */
                    "Tus-Resumable": string;
                    /** @description Bytes that have arrived, as `HEAD` tells. */
                    "Upload-Offset": number;
                };
                path: {
                    upload: string;
                };
                cookie?: never;
            };
            /** @description Bytes of the file, from the offset on. */
            requestBody?: {
                content: {
                    "application/offset+octet-stream": unknown;
                };
            };
            responses: {
                /** @description The bytes are kept. */
                204: {
                    headers: {
                        /** @description `1.0.0`. */
                        "Tus-Resumable"?: string;
                        /** @description Time at which it is removed if no bytes arrive. */
                        "Upload-Expires"?: string;
                        /** @description Bytes that have arrived. */
                        "Upload-Offset"?: number;
                        /** @description Id of the job that begins with its last byte. */
                        "X-Vilokanam-Job"?: string;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `bad-request`: no offset, or `Upload-Checksum`, which is not supported. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `stream-not-open`: the stream is suspended. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not-found`: no such upload; begin again. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `timeout`: the request was cut off. */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `conflict`: another offset than what has arrived. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `bad-request`: another version of tus. */
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too-large`: more bytes than announced; the upload is removed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unsupported-media-type` */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `upload-busy`: another request is sending the same upload. */
                423: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unavailable`: the gateway has no room. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/viewers/{account}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the sessions of a viewer, the newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Items on the page, at most 100. */
                    limit?: number;
                };
                header?: never;
                path: {
                    account: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_SessionRecord"];
                    };
                };
                /** @description The request was refused or failed; the problem says why and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description An account, as SS58 with prefix 42; hex is read as well.
         * @example 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY
         */
        Account: string;
        /** @description Body of `POST /v1/sessions/{id}/ticks`. */
        Advance: {
            /** @description Element of the tick chain that proves them: 32 bytes in hex. */
            proof: string;
            /**
             * Format: int32
             * @description Cumulative ticks revealed.
             */
            ticks: number;
        };
        /**
         * @description The word for everything.
         * @enum {string}
         */
        All: "all";
        /** @description Audience at this gateway in one bucket of time. */
        AudienceBucket: {
            /** @description Start of the bucket, RFC 3339. */
            from: string;
            /**
             * Format: int64
             * @description Number of sessions that paid for the first time.
             */
            paid: number;
            /**
             * Format: int64
             * @description Number of previews that began.
             */
            previewed: number;
            /**
             * Format: int32
             * @description Highest number of viewers at one time.
             */
            viewers: number;
        };
        /** @description Audience of an account's streams at this gateway. */
        AudienceHistory: {
            /** @description Account. */
            account: components["schemas"]["Account"];
            /** @description Buckets in order of time. Those without an audience are left out. */
            buckets: components["schemas"]["AudienceBucket"][];
            /**
             * Format: int64
             * @description Number of sessions that paid for the first time in the whole range.
             */
            paid: number;
            /**
             * Format: int64
             * @description Number of previews that began in the whole range.
             */
            previewed: number;
        };
        /** @description A range of keys. */
        BoughtKeyRange: {
            /**
             * Format: int64
             * @description Index of the first key.
             */
            first: number;
            /**
             * Format: int64
             * @description Index of the last key.
             */
            last: number;
        };
        /** @description Keys of a stream that a viewer has bought, `GET /v1/streams/{id}/bought`. */
        BoughtKeys: {
            /** @description Ranges in ascending order, which neither overlap nor touch. */
            ranges: components["schemas"]["BoughtKeyRange"][];
        };
        /** @description Body of `POST /v1/streams/{id}/keys/bought`. The answer is 16 bytes for each key, in order of their indices. */
        BoughtKeysRequest: {
            /**
             * Format: int32
             * @description Number of keys, at most [`MAX_KEYS`].
             */
            count: number;
            /**
             * Format: int64
             * @description Index of the first key.
             */
            first: number;
            /** @description Session key of that account, or the account itself. */
            session_key: components["schemas"]["Account"];
            /** @description Signature of [`message`] by `session_key`: a SCALE-encoded `MultiSignature` in hex. */
            signature: string;
            /**
             * Format: int64
             * @description Time of signing in milliseconds since the Unix epoch.
             */
            time_ms: number;
            /** @description Account that paid. */
            viewer: components["schemas"]["Account"];
        };
        /** @description Captions of a stream on air or of a recording, in one language. */
        CaptionsView: {
            /** @description Whether players show them unless the viewer chooses otherwise. */
            is_default: boolean;
            /** @description Name that viewers read. */
            label: string;
            /** @description Language after BCP 47; absent for captions that came with the video. */
            language?: string | null;
            /** @description Path of their media playlist (HLS) at this gateway. */
            url: string;
        };
        /** @description Answer to `GET /v1/chain`: heights of the chain and of the index. */
        ChainStatus: {
            /**
             * Format: int32
             * @description Number of the best block.
             */
            best_block: number;
            /**
             * Format: int32
             * @description Number of the finalized block.
             */
            finalized_block: number;
            /**
             * Format: int32
             * @description Number of the finalized block that lists and earnings reflect.
             */
            indexed_block: number;
            /** @description Whether a node answers. */
            is_connected: boolean;
            /** @description Sentence that says what is wrong; absent when all is well. */
            trouble?: string | null;
        };
        /** @description A claim that is not settled in a finalized block, see `GET /v1/claims`. */
        ClaimView: {
            /** @description Element of the tick chain that proves them, in hex. */
            proof: string;
            /** @description Session of the claim. */
            session: components["schemas"]["SessionRef"];
            /**
             * Format: int32
             * @description Cumulative ticks of the claim.
             */
            ticks: number;
        };
        /**
         * @description The low rendition without encryption that a creator can ask for.
         * @enum {string}
         */
        ClearPreview: "off" | "muted" | "with-sound";
        /** @description What a clip is taken from. */
        ClipFrom: components["schemas"]["RecordingRef"] | components["schemas"]["LiveWord"];
        /**
         * @description Who may make clips besides the creator.
         * @enum {string}
         */
        ClipMakers: "none" | "payers";
        /** @description What a clip shows. */
        ClipView: {
            /**
             * Format: int64
             * @description End of the part, in milliseconds from the recording's beginning.
             */
            end_ms: number;
            /**
             * Format: int64
             * @description Its number.
             */
            number: number;
            /**
             * Format: int64
             * @description Beginning of the part, in milliseconds from the recording's beginning.
             */
            start_ms: number;
            /** @description Stream of the other recording. */
            stream: components["schemas"]["StreamRef"];
        };
        /**
         * @description Whether video is passed on without encoding it again.
         * @enum {string}
         */
        CopyMode: "auto" | "never";
        /** @description How far viewers may go back. */
        DvrHours: number | components["schemas"]["All"];
        /** @description Earnings of an account. */
        Earnings: {
            /** @description Account. */
            account: components["schemas"]["Account"];
            /** @description Buckets in order of time. */
            buckets: components["schemas"]["EarningsBucket"][];
            /** @description Amount revealed by viewers of its streams at this gateway and not settled yet, before any share is taken. */
            pending_gross: components["schemas"]["Planck"];
            /** @description All that was ever settled in its favour. */
            settled: components["schemas"]["Planck"];
            /** @description Amount on chain that can be paid out at any time. */
            withdrawable: components["schemas"]["Planck"];
        };
        /** @description Earnings of an account in one bucket of time. */
        EarningsBucket: {
            /** @description The account's share of the amount paid for them. */
            earned: components["schemas"]["Planck"];
            /** @description Start of the bucket, RFC 3339. */
            from: string;
            /** @description Open fees that the account earned as gateway, or for removing abandoned sessions. */
            open_fees: components["schemas"]["Planck"];
            /**
             * Format: int64
             * @description Ticks settled.
             */
            ticks: number;
            /** @description The account's share of tips. */
            tipped: components["schemas"]["Planck"];
        };
        /** @description Answer to `GET /v1/gateway`: the gateway's account, addresses and terms. */
        GatewayInfo: {
            /** @description Account that tickets must name. */
            account: components["schemas"]["Account"];
            /**
             * Format: int32
             * @description Ticks on credit until the open of a session is in a block.
             */
            credit_ticks: number;
            /**
             * Format: int32
             * @description Ticks on credit until the open is in a finalized block.
             */
            credit_ticks_until_final: number;
            /** @description Public URL of the gateway. */
            endpoint: string;
            /** @description Hash of block 0, in hex. */
            genesis_hash: string;
            /**
             * Format: int32
             * @description Ticks that may be revealed ahead of time.
             */
            max_prepaid_ticks: number;
            /** @description Smallest first deposit. */
            min_deposit: components["schemas"]["Planck"];
            /** @description Lowest price of a tick at which this gateway serves a stream; at least the chain's. */
            min_price: components["schemas"]["Planck"];
            /**
             * Format: int32
             * @description Smallest share of the gateway at which it serves a stream, in parts per million of what protocol and submitter leave.
             */
            min_share_ppm: number;
            /** @description WebSocket URLs under which wallets reach a node. */
            nodes: string[];
            /** @description Fee for opening a session. */
            open_fee: components["schemas"]["Planck"];
            /** @description RTMP URL for encoders, without the stream key. */
            rtmp_url: string;
            /**
             * Format: int32
             * @description Longest validity of a ticket, in blocks.
             */
            ticket_lifetime_blocks: number;
            /** @description Version of the software. */
            version: string;
        };
        /** @description An image that was stored. */
        ImageView: {
            /** @description BLAKE2b-256 of the original, in hex without `0x`. */
            hash: string;
            /** @description Path at this gateway. */
            url: string;
            /** @description Widths in which it can be asked for, in pixels. */
            widths: number[];
        };
        /** @description The health of an incoming stream and of its transcoding. */
        IngestHealth: {
            /**
             * Format: int64
             * @description Bit rate of the source, in bits per second.
             */
            bitrate_bps: number;
            /** @description Sentence that says what is wrong and how to fix it, or that all is well. */
            diagnosis: string;
            /**
             * Format: int64
             * @description Pictures lost since the broadcast began.
             */
            dropped_frames: number;
            /**
             * Format: double
             * @description Pictures per second.
             */
            frame_rate: number;
            /** @description Whether the stream arrives and is transcoded without trouble. */
            is_well?: boolean;
            /** @description Names of the renditions that are produced. */
            ladder: string[];
            /**
             * Format: int64
             * @description Time from the arrival of a picture to its transcoding, in milliseconds; absent until it is measured.
             */
            latency_ms?: number | null;
            /** @description Time at which the broadcast began, RFC 3339. */
            live_since?: string | null;
            source?: components["schemas"]["PulledSource"] | null;
            /**
             * Format: double
             * @description Speed of the transcoder as a multiple of real time; below 1 it cannot keep up.
             */
            speed: number;
            /** @description `offline`, `live`, or `waiting` for a publisher that disconnected. */
            state: string;
        };
        /** @description Work that goes on after the request that asked for it. */
        JobView: {
            /** @description Time at which it was asked for, RFC 3339. */
            created_at: string;
            /** @description Sentence that says why it failed. */
            error?: string | null;
            /** @description Id. */
            id: string;
            /** @description `upload` or `clip`. */
            kind: string;
            /**
             * Format: double
             * @description How much of it is done, from 0 to 1.
             */
            progress: number;
            /**
             * Format: int64
             * @description Number of the recording that it makes.
             */
            recording?: number | null;
            /** @description How addresses name it, if it is unlisted. */
            reference?: string | null;
            /** @description How far it is. */
            state: components["schemas"]["WorkState"];
            /** @description Stream that it is for. */
            stream: components["schemas"]["StreamRef"];
            /** @description Time at which it changed last, RFC 3339. */
            updated_at: string;
        };
        /** @description Key of one segment. */
        Key: {
            /**
             * Format: int64
             * @description Index of the segment.
             */
            index: number;
            /** @description Key: 16 bytes in hex. */
            key: string;
        };
        /**
         * @description The word `live`.
         * @enum {string}
         */
        LiveWord: "live";
        /** @description What a creator says of a stream. As JSON it is the stream's metadata on chain. */
        Metadata: {
            /**
             * @description Category.
             * @default
             */
            category: string;
            /**
             * @description Whether a low rendition can be watched without keys for as long as the free ticks last.
             * @default off
             */
            clear_preview: components["schemas"]["ClearPreview"];
            /**
             * @description Description.
             * @default
             */
            description: string;
            /**
             * @description Tags.
             * @default []
             */
            tags: string[];
            /**
             * @description URL of a picture.
             * @default
             */
            thumbnail: string;
            /**
             * @description Title.
             * @default
             */
            title: string;
        };
        /** @description Body of `POST /v1/streams/{id}/clips`. */
        NewClip: {
            /**
             * Format: int64
             * @description End, in the same way; 5 to 120 s after the beginning.
             */
            end_ms: number;
            /** @description Whether it can be watched without paying. */
            is_free?: boolean;
            /** @description What it is taken from. */
            source: components["schemas"]["ClipFrom"];
            /**
             * Format: int64
             * @description Beginning in milliseconds: from the beginning of a recording; of a broadcast, the time of day since 1970 as in its
             *     playlist, or, if it is not above 0, from its newest segment.
             */
            start_ms: number;
            /** @description Title; at most 120 characters. */
            title?: string;
        };
        /** @description A new publish key. No other answer contains its secret. */
        NewPublishKey: {
            /** @description Id of the key. */
            id: string;
            /** @description The key itself: a secret. */
            key: string;
            /** @description URL under which HLS or CMAF is uploaded by PUT, if the gateway accepts that. */
            put_url?: string | null;
            /** @description RTMP stream key: "Stream Key" in OBS. */
            rtmp_stream_key: string;
            /** @description RTMP URL: "Server" in OBS. */
            rtmp_url: string;
        };
        /** @description A price that is announced. */
        NextPrice: {
            /**
             * Format: int32
             * @description First block in which it holds.
             */
            from_block: number;
            /** @description Price of a tick. */
            price_per_tick: components["schemas"]["Planck"];
        };
        /** @description Body of `POST /v1/sessions`. */
        OfferTicket: {
            /** @description SCALE-encoded `SignedTicket` in hex. */
            ticket: string;
        };
        /** @description Body of `POST /v1/streams/{id}/srt`. */
        OpenSrt: {
            /** @description A publish key of the stream; it is SRT's passphrase as well. */
            key: string;
        };
        /** @description A page of a list. */
        Page_ClaimView: {
            /** @description Items in the order asked for. */
            items: {
                /** @description Element of the tick chain that proves them, in hex. */
                proof: string;
                /** @description Session of the claim. */
                session: components["schemas"]["SessionRef"];
                /**
                 * Format: int32
                 * @description Cumulative ticks of the claim.
                 */
                ticks: number;
            }[];
            /** @description Value of `cursor` that asks for the next page; absent on the last page. */
            next_cursor?: string | null;
        };
        /** @description A page of a list. */
        Page_Receipt: {
            /** @description Items in the order asked for. */
            items: {
                /** @description Time of the block, RFC 3339. */
                at: string;
                /**
                 * Format: int32
                 * @description Number of the block.
                 */
                block: number;
                /** @description Amount paid for them. */
                paid: components["schemas"]["Planck"];
                /**
                 * Format: int32
                 * @description Ticks settled in this block.
                 */
                ticks: number;
            }[];
            /** @description Value of `cursor` that asks for the next page; absent on the last page. */
            next_cursor?: string | null;
        };
        /** @description A page of a list. */
        Page_RecordingView: {
            /** @description Items in the order asked for. */
            items: {
                /**
                 * Format: int64
                 * @description Bytes that are stored, in answers to the creator.
                 */
                bytes?: number | null;
                clip?: components["schemas"]["ClipView"] | null;
                /** @description Description; absent if the creator gave none. */
                description?: string;
                /**
                 * Format: int64
                 * @description Length in seconds.
                 */
                duration_s: number;
                /** @description Time at which the broadcast ended, or the work on it, RFC 3339. */
                ended_at: string;
                /** @description Sentence that says why it failed or ends early; absent if it does not. */
                error?: string;
                /** @description Whether its keys cost nothing. */
                is_free?: boolean;
                /** @description Where it comes from. */
                kind?: components["schemas"]["RecordingKind"];
                /**
                 * Format: int64
                 * @description Number among the broadcasts of its stream, from 1.
                 */
                number: number;
                /** @description Path of the multivariant playlist at this gateway. */
                playlist: string;
                /** @description Hash of its picture, which is at `/v1/images/{hash}`; absent if there is none. */
                poster?: string;
                /**
                 * @description How addresses name it: by its number, and an unlisted one by its token as well, `7-0123…`. Absent from gateways that do
                 *     not have tokens.
                 */
                reference?: string;
                /** @description Time at which the broadcast began, or the work on it, RFC 3339. */
                started_at: string;
                /** @description How far it is. Viewers see only those that are ready. */
                state?: components["schemas"]["RecordingState"];
                /** @description Path of the storyboard (WebVTT) at this gateway. */
                storyboard: string;
                /** @description Number of its stream. */
                stream: components["schemas"]["StreamRef"];
                /** @description Title; absent if the creator gave none. */
                title?: string;
                /** @description Who may find and watch it. */
                visibility?: components["schemas"]["Visibility"];
            }[];
            /** @description Value of `cursor` that asks for the next page; absent on the last page. */
            next_cursor?: string | null;
        };
        /** @description A page of a list. */
        Page_SessionRecord: {
            /** @description Items in the order asked for. */
            items: {
                /** @description Time of closing, RFC 3339; absent while the session is open. */
                closed_at?: string | null;
                /** @description Account of the gateway. */
                gateway: components["schemas"]["Account"];
                /**
                 * Format: int32
                 * @description Most ticks that can be settled.
                 */
                max_ticks: number;
                /** @description Time of opening, RFC 3339. */
                opened_at: string;
                /** @description Amount paid for them. */
                paid: components["schemas"]["Planck"];
                /** @description Price of a tick. */
                price_per_tick: components["schemas"]["Planck"];
                refunded?: components["schemas"]["Planck"] | null;
                /** @description Id of the session. */
                session: components["schemas"]["SessionRef"];
                session_key?: components["schemas"]["Account"] | null;
                /**
                 * Format: int32
                 * @description Ticks settled.
                 */
                settled_ticks: number;
                /** @description Stream that is watched. */
                stream: components["schemas"]["StreamRef"];
                /** @description Account that pays. */
                viewer: components["schemas"]["Account"];
            }[];
            /** @description Value of `cursor` that asks for the next page; absent on the last page. */
            next_cursor?: string | null;
        };
        /** @description A page of a list. */
        Page_StreamView: {
            /** @description Items in the order asked for. */
            items: {
                clips?: components["schemas"]["ClipMakers"] | null;
                /** @description Account of the creator. */
                creator: components["schemas"]["Account"];
                /**
                 * @description Path of the multivariant playlist from the beginning of the broadcast, or as far back as the creator allows; absent if
                 *     viewers cannot go back.
                 */
                dvr_playlist?: string | null;
                /**
                 * Format: int32
                 * @description Share of the gateway, in parts per million of what protocol and submitter leave.
                 */
                gateway_share_ppm: number;
                /** @description Whether the stream is on air at this gateway. */
                is_live_here: boolean;
                /** @description Time of its last broadcast at this gateway, RFC 3339; absent if there was none. */
                last_live?: string | null;
                /** @description What its creator says of it. */
                metadata: components["schemas"]["Metadata"];
                next_price?: components["schemas"]["NextPrice"] | null;
                /** @description Path of the multivariant playlist at this gateway; absent while it is not on air. */
                playlist?: string | null;
                /**
                 * Format: int32
                 * @description Ticks that a viewer can watch for free.
                 */
                preview_ticks: number;
                /** @description Price of a tick. */
                price_per_tick: components["schemas"]["Planck"];
                /** @description Accounts that share the income with the creator. */
                splits: components["schemas"]["Split"][];
                /** @description Status on chain. */
                status: components["schemas"]["StreamStatus"];
                /** @description Number of the stream. */
                stream: components["schemas"]["StreamRef"];
                /** @description Amount paid for them. */
                total_paid: components["schemas"]["Planck"];
                /**
                 * Format: int64
                 * @description Ticks settled since the stream was created.
                 */
                total_ticks: number;
                /** @description Amount tipped. */
                total_tipped: components["schemas"]["Planck"];
                /**
                 * Format: int32
                 * @description Viewers at this gateway, counted once a second: sessions that are open here, whether or not they pay at this moment,
                 *     and devices that received a preview key within the last eight seconds.
                 */
                viewers: number;
            }[];
            /** @description Value of `cursor` that asks for the next page; absent on the last page. */
            next_cursor?: string | null;
        };
        /** @description Answer to a payment. */
        Paid: {
            /** @description Keys in order of their index. */
            keys?: components["schemas"]["Key"][];
            /** @description Session after the payment. */
            session: components["schemas"]["SessionView"];
            /** @description Token to show from now on; present when the payment revealed a new tick. */
            token?: string | null;
        };
        /**
         * @description An amount in planck (10^-12 VLK), as decimal digits.
         * @example 2000000000
         */
        Planck: string;
        /** @description What went wrong and what to do about it. */
        Problem: {
            /** @description The kind of problem, for programs. Codes do not change. */
            code: string;
            /** @description Sentence that says what is wrong this time. */
            detail: string;
            /** @description Sentence that says how to fix it. */
            hint?: string | null;
            /** @description Id of the request, as in the gateway's log. */
            request_id?: string | null;
            /**
             * Format: int32
             * @description Cumulative tick count that the next claim must reach, when too few ticks were revealed.
             */
            required_ticks?: number | null;
            /**
             * Format: int32
             * @description HTTP status.
             */
            status: number;
            /** @description The kind of problem in a few words. */
            title: string;
            /** @description URI of the kind of problem: `/problems/` and the code. */
            type: string;
        };
        /** @description A publish key, with which an encoder publishes a stream. Without the secret. */
        PublishKeyInfo: {
            /** @description Time of creation, RFC 3339. */
            created_at: string;
            /** @description Id of the key; no secret. */
            id: string;
            /** @description Time of the last use, RFC 3339; absent if it was never used. */
            last_used_at?: string | null;
        };
        /** @description Where a gateway fetches the video from. */
        PullSource: {
            /** @description URL of an HLS playlist, or with the scheme rtmp, rtmps, rtsp or srt. */
            url: string;
        };
        /** @description The source from which a gateway pulls the video of a stream. */
        PulledSource: {
            /** @description Whether it is connected or being connected. Otherwise another attempt follows a pause. */
            is_connected: boolean;
            /** @description Sentence that says why the last attempt ended. */
            last_error?: string | null;
            /** @description Time of the last change, RFC 3339. */
            since: string;
            /** @description Its address, without a password. */
            url: string;
        };
        /** @description Playback in one bucket of time. */
        QualityBucket: {
            /** @description Start of the bucket, RFC 3339. */
            from: string;
            /** @description What players reported. */
            summary: components["schemas"]["QualitySummary"];
        };
        /** @description Answer to `GET /v1/streams/{id}/quality`. */
        QualityHistory: {
            /** @description Buckets with at least one report, oldest first. */
            buckets: components["schemas"]["QualityBucket"][];
            /** @description The whole range. */
            total: components["schemas"]["QualitySummary"];
        };
        /** @description Body of `POST /v1/streams/{id}/quality`: what one player experienced since its last report. */
        QualityReport: {
            /**
             * Format: int32
             * @description Pictures that were decoded too late to be shown.
             * @default 0
             */
            dropped_frames: number;
            /**
             * Format: int32
             * @description All pictures, those that were dropped among them.
             * @default 0
             */
            frames: number;
            /**
             * Format: int32
             * @description Distance to live in milliseconds, the median of the period; absent for recordings.
             * @default null
             */
            latency_ms: number | null;
            /**
             * @description Kind of player: `hls.js` or `native`.
             * @default
             */
            player: string;
            /**
             * @description Milliseconds that each rendition was on screen, by its name.
             * @default {}
             */
            renditions: {
                [key: string]: number;
            };
            /**
             * Format: int32
             * @description Length of the stalls in milliseconds.
             * @default 0
             */
            stall_ms: number;
            /**
             * Format: int32
             * @description Number of times that the picture stopped for lack of data. A picture held back because it was not paid for is no stall.
             * @default 0
             */
            stalls: number;
            /**
             * Format: int32
             * @description Time from the viewer's wish to watch until the first picture, in milliseconds; in the first report only.
             * @default null
             */
            start_ms: number | null;
        };
        /** @description What all players reported together. Percentiles are upper bounds of the buckets that they fall into. */
        QualitySummary: {
            /**
             * Format: double
             * @description Share of the pictures that were dropped, from 0 to 1.
             */
            dropped_ratio: number;
            /**
             * Format: int32
             * @description Median distance to live in milliseconds; absent without live viewers, or if it is above the last bound.
             */
            latency_p50_ms?: number | null;
            /**
             * Format: int32
             * @description The same for the twentieth that is farthest behind.
             */
            latency_p95_ms?: number | null;
            /**
             * Format: double
             * @description Time played in seconds.
             */
            played_s: number;
            /** @description Share of the time played in each rendition, from 0 to 1. */
            renditions: {
                [key: string]: number;
            };
            /**
             * Format: int64
             * @description Number of reports.
             */
            reports: number;
            /**
             * Format: double
             * @description Share of the time that was spent in stalls, from 0 to 1.
             */
            stall_ratio: number;
            /**
             * Format: int64
             * @description Number of stalls.
             */
            stalls: number;
            /**
             * Format: int32
             * @description Median time to the first picture in milliseconds; absent without starts, or if it is above the last bound.
             */
            start_p50_ms?: number | null;
            /**
             * Format: int32
             * @description The same for the slowest twentieth.
             */
            start_p95_ms?: number | null;
            /**
             * Format: int64
             * @description Number of players that began.
             */
            starts: number;
        };
        /** @description One settlement of a session, in one finalized block. */
        Receipt: {
            /** @description Time of the block, RFC 3339. */
            at: string;
            /**
             * Format: int32
             * @description Number of the block.
             */
            block: number;
            /** @description Amount paid for them. */
            paid: components["schemas"]["Planck"];
            /**
             * Format: int32
             * @description Ticks settled in this block.
             */
            ticks: number;
        };
        /**
         * @description Where a recording comes from.
         * @enum {string}
         */
        RecordingKind: "broadcast" | "upload" | "clip";
        /** @description Body of `PATCH /v1/streams/{id}/recordings/{number}`. What is absent stays as it is. */
        RecordingPatch: {
            /** @description Description, at most 5,000 characters. */
            description?: string | null;
            /** @description Hash of a picture that was uploaded to `/v1/images`, or empty for none. */
            poster?: string | null;
            /** @description Title, at most 120 characters. */
            title?: string | null;
            visibility?: components["schemas"]["Visibility"] | null;
        };
        RecordingRef: number | string;
        /**
         * @description How far a recording is.
         * @enum {string}
         */
        RecordingState: "processing" | "ready" | "failed";
        /** @description A recording: a broadcast that has ended, an upload or a clip. */
        RecordingView: {
            /**
             * Format: int64
             * @description Bytes that are stored, in answers to the creator.
             */
            bytes?: number | null;
            clip?: components["schemas"]["ClipView"] | null;
            /** @description Description; absent if the creator gave none. */
            description?: string;
            /**
             * Format: int64
             * @description Length in seconds.
             */
            duration_s: number;
            /** @description Time at which the broadcast ended, or the work on it, RFC 3339. */
            ended_at: string;
            /** @description Sentence that says why it failed or ends early; absent if it does not. */
            error?: string;
            /** @description Whether its keys cost nothing. */
            is_free?: boolean;
            /** @description Where it comes from. */
            kind?: components["schemas"]["RecordingKind"];
            /**
             * Format: int64
             * @description Number among the broadcasts of its stream, from 1.
             */
            number: number;
            /** @description Path of the multivariant playlist at this gateway. */
            playlist: string;
            /** @description Hash of its picture, which is at `/v1/images/{hash}`; absent if there is none. */
            poster?: string;
            /**
             * @description How addresses name it: by its number, and an unlisted one by its token as well, `7-0123…`. Absent from gateways that do
             *     not have tokens.
             */
            reference?: string;
            /** @description Time at which the broadcast began, or the work on it, RFC 3339. */
            started_at: string;
            /** @description How far it is. Viewers see only those that are ready. */
            state?: components["schemas"]["RecordingState"];
            /** @description Path of the storyboard (WebVTT) at this gateway. */
            storyboard: string;
            /** @description Number of its stream. */
            stream: components["schemas"]["StreamRef"];
            /** @description Title; absent if the creator gave none. */
            title?: string;
            /** @description Who may find and watch it. */
            visibility?: components["schemas"]["Visibility"];
        };
        /**
         * @description Phase of a session.
         * @enum {string}
         */
        SessionPhase: "offered" | "included" | "finalized" | "closing" | "closed" | "rejected";
        /** @description A session as finalized blocks have it. */
        SessionRecord: {
            /** @description Time of closing, RFC 3339; absent while the session is open. */
            closed_at?: string | null;
            /** @description Account of the gateway. */
            gateway: components["schemas"]["Account"];
            /**
             * Format: int32
             * @description Most ticks that can be settled.
             */
            max_ticks: number;
            /** @description Time of opening, RFC 3339. */
            opened_at: string;
            /** @description Amount paid for them. */
            paid: components["schemas"]["Planck"];
            /** @description Price of a tick. */
            price_per_tick: components["schemas"]["Planck"];
            refunded?: components["schemas"]["Planck"] | null;
            /** @description Id of the session. */
            session: components["schemas"]["SessionRef"];
            session_key?: components["schemas"]["Account"] | null;
            /**
             * Format: int32
             * @description Ticks settled.
             */
            settled_ticks: number;
            /** @description Stream that is watched. */
            stream: components["schemas"]["StreamRef"];
            /** @description Account that pays. */
            viewer: components["schemas"]["Account"];
        };
        /**
         * @description A session id, as 16 bytes in hex.
         * @example 0x00112233445566778899aabbccddeeff
         */
        SessionRef: string;
        /** @description A session as its gateway knows it. */
        SessionView: {
            /**
             * Format: int32
             * @description Ticks whose keys have been given.
             */
            charged_ticks: number;
            /**
             * Format: int32
             * @description Most ticks that can be revealed.
             */
            max_ticks: number;
            /** @description Phase. */
            phase: components["schemas"]["SessionPhase"];
            /** @description Price of a tick. */
            price_per_tick: components["schemas"]["Planck"];
            /**
             * Format: int32
             * @description Highest tick that the viewer has revealed.
             */
            revealed_ticks: number;
            /** @description Id of the session. */
            session: components["schemas"]["SessionRef"];
            session_key?: components["schemas"]["Account"] | null;
            /**
             * Format: int32
             * @description Ticks settled on chain.
             */
            settled_ticks: number;
            /** @description Stream that is watched. */
            stream: components["schemas"]["StreamRef"];
            /** @description Account that pays. */
            viewer: components["schemas"]["Account"];
        };
        /** @description Body of `PUT /v1/streams/{id}/source`. */
        SetSource: {
            /** @description Address: `https://host/live.m3u8` (HLS), `rtmp://host/app/name` (or `rtmps://`), `rtsp://host/name` or `srt://host:port?streamid=…`. */
            url: string;
        };
        /** @description A share of a stream's income. */
        Split: {
            /** @description Account that receives the share. */
            account: components["schemas"]["Account"];
            /**
             * Format: int32
             * @description Share in parts per million of what the gateway leaves.
             */
            share_ppm: number;
        };
        /** @description An open SRT listener. */
        SrtListener: {
            /** @description The same at the port of all streams, with a stream id. */
            shared_url?: string | null;
            /** @description URL for the publisher, which gives the publish key as its passphrase. The port is the stream's own, if one was left. */
            url: string;
        };
        /**
         * @description The number of a stream, as decimal digits.
         * @example 0
         */
        StreamRef: string;
        /**
         * @description Settings of a stream. What is absent is as the operator of the gateway has set it.
         *
         *     A `PATCH` is a JSON merge patch (RFC 7396): `null` takes a setting back.
         */
        StreamSettings: {
            clips?: components["schemas"]["ClipMakers"] | null;
            /** @description Codecs of the renditions. H.264 is always among them. */
            codecs?: components["schemas"]["VideoCodec"][] | null;
            copy?: components["schemas"]["CopyMode"] | null;
            dvr_hours?: components["schemas"]["DvrHours"] | null;
            /** @description Encoder of H.264, such as `libx264` or `h264_vaapi`, one of those that the operator offers. */
            encoder?: string | null;
            /**
             * Format: int32
             * @description Days after which a recording is deleted.
             */
            keep_days?: number | null;
            /** @description Heights of the renditions, a part of those that the operator offers. */
            ladder?: number[] | null;
            /**
             * Format: int32
             * @description Length of a part in milliseconds, from 200 to 500.
             */
            part_ms?: number | null;
            /** @description Whether the recording of a broadcast stays after its end. */
            records?: boolean | null;
            source?: components["schemas"]["PullSource"] | null;
        };
        /**
         * @description A stream's status on chain.
         * @enum {string}
         */
        StreamStatus: "live" | "offline" | "ended" | "suspended";
        /** @description A stream: what the chain says of it, and what is known of it at this gateway. */
        StreamView: {
            clips?: components["schemas"]["ClipMakers"] | null;
            /** @description Account of the creator. */
            creator: components["schemas"]["Account"];
            /**
             * @description Path of the multivariant playlist from the beginning of the broadcast, or as far back as the creator allows; absent if
             *     viewers cannot go back.
             */
            dvr_playlist?: string | null;
            /**
             * Format: int32
             * @description Share of the gateway, in parts per million of what protocol and submitter leave.
             */
            gateway_share_ppm: number;
            /** @description Whether the stream is on air at this gateway. */
            is_live_here: boolean;
            /** @description Time of its last broadcast at this gateway, RFC 3339; absent if there was none. */
            last_live?: string | null;
            /** @description What its creator says of it. */
            metadata: components["schemas"]["Metadata"];
            next_price?: components["schemas"]["NextPrice"] | null;
            /** @description Path of the multivariant playlist at this gateway; absent while it is not on air. */
            playlist?: string | null;
            /**
             * Format: int32
             * @description Ticks that a viewer can watch for free.
             */
            preview_ticks: number;
            /** @description Price of a tick. */
            price_per_tick: components["schemas"]["Planck"];
            /** @description Accounts that share the income with the creator. */
            splits: components["schemas"]["Split"][];
            /** @description Status on chain. */
            status: components["schemas"]["StreamStatus"];
            /** @description Number of the stream. */
            stream: components["schemas"]["StreamRef"];
            /** @description Amount paid for them. */
            total_paid: components["schemas"]["Planck"];
            /**
             * Format: int64
             * @description Ticks settled since the stream was created.
             */
            total_ticks: number;
            /** @description Amount tipped. */
            total_tipped: components["schemas"]["Planck"];
            /**
             * Format: int32
             * @description Viewers at this gateway, counted once a second: sessions that are open here, whether or not they pay at this moment,
             *     and devices that received a preview key within the last eight seconds.
             */
            viewers: number;
        };
        /**
         * @description A codec of renditions.
         * @enum {string}
         */
        VideoCodec: "h264" | "hevc" | "av1";
        /**
         * @description Who may find and watch a recording.
         * @enum {string}
         */
        Visibility: "public" | "unlisted" | "private";
        /**
         * @description How far work is.
         * @enum {string}
         */
        WorkState: "processing" | "ready" | "failed";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
