// Generated from openapi.json by `npm run generate:api`. Do not edit.

export interface paths {
    "/v1/chain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far the chain is, and how far this gateway has read it. */
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
        /** The highest claim of each session of which something is not settled for good. At most two seconds old. */
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
                        "application/json": components["schemas"]["Problem"];
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
                        "application/json": components["schemas"]["Problem"];
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
        /** What an account earned. */
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
                        "application/json": components["schemas"]["Problem"];
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
        /** Who this gateway is, and on which terms it sells. */
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
        /** Offers a ticket: the session is opened on chain, and the first ticks are on credit meanwhile. */
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
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionView"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
        /** How a session stands. */
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
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
         * Ends a session: what was let go of is settled, then it is closed on chain and the rest of the reserve given back. Needs
         *     the session's token, or a new tick.
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
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                402: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
        /** The settlements of a session, as blocks have them. */
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
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
        /** Lets go of ticks without asking for a key. */
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
                402: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
        /** Streams, a page at a time. */
        get: {
            parameters: {
                query?: {
                    /** @description Words in title, description, category or tags. */
                    q?: string;
                    /** @description Only those that are on air, or only those that are not. */
                    live?: boolean;
                    /** @description Only those of this category. */
                    category?: string;
                    /** @description Only those of this creator. */
                    creator?: string;
                    /** @description Only those whose tick costs at least so much. */
                    min_price?: string;
                    /** @description Only those whose tick costs at most so much. */
                    max_price?: string;
                    sort?: "newest" | "price" | "viewers" | "earned";
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
                        "application/json": components["schemas"]["Page_StreamView"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
        /** One stream. */
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
                        "application/json": components["schemas"]["Problem"];
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
    "/v1/streams/{id}/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the incoming stream does. */
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
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
    "/v1/streams/{id}/publish-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The stream's publish keys, without their secrets. */
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
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Makes a publish key. Its secret is told once, here. */
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
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
        /** Revokes a publish key. Who publishes with it is cut off. */
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
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
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
        /** Recordings of a stream, the last first. */
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
                        "application/json": components["schemas"]["Problem"];
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
        /** The sessions that paid most for a stream. */
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
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
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
        /** Listens for the stream by SRT, at a port of its own, with the publish key as the passphrase. */
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
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Stops listening for the stream by SRT; who publishes there is cut off. Shows the publish key as uploads do. */
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
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/viewers/{account}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The sessions of a viewer, the last first. */
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
        /** @description `POST /v1/sessions/{id}/ticks` */
        Advance: {
            /** @description Its proof: 32 bytes in hex. */
            proof: string;
            /**
             * Format: int32
             * @description The highest tick let go of.
             */
            ticks: number;
        };
        /** @description Who watched in a while, at this gateway. */
        AudienceBucket: {
            /** @description Its beginning, RFC 3339. */
            from: string;
            /**
             * Format: int64
             * @description Sessions that paid for the first time.
             */
            paid: number;
            /**
             * Format: int64
             * @description Viewers who began a preview.
             */
            previewed: number;
            /**
             * Format: int32
             * @description The most viewers at a time.
             */
            viewers: number;
        };
        /** @description Who watched an account's streams, at this gateway. */
        AudienceHistory: {
            /** @description Whose streams. */
            account: components["schemas"]["Account"];
            /** @description By time; what is missing had nobody. */
            buckets: components["schemas"]["AudienceBucket"][];
            /**
             * Format: int64
             * @description Sessions that paid for the first time, in all of the range.
             */
            paid: number;
            /**
             * Format: int64
             * @description Viewers who began a preview, in all of the range.
             */
            previewed: number;
        };
        /** @description `GET /v1/chain` */
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
             * @description The finalized block that lists and earnings are of.
             */
            indexed_block: number;
            /** @description Whether a node answers. */
            is_connected: boolean;
            /** @description What is wrong, if anything. */
            trouble?: string | null;
        };
        /** @description A claim that is not settled for good: `GET /v1/claims`. */
        ClaimView: {
            /** @description The element of the tick chain that proves it, in hex. */
            proof: string;
            /** @description Whose. */
            session: components["schemas"]["SessionRef"];
            /**
             * Format: int32
             * @description The highest tick let go of.
             */
            ticks: number;
        };
        /** @description An account's earnings. */
        Earnings: {
            /** @description Whose. */
            account: components["schemas"]["Account"];
            /** @description By time. */
            buckets: components["schemas"]["EarningsBucket"][];
            /** @description Let go of by viewers of its streams at this gateway and not settled yet, before anybody's share. */
            pending_gross: components["schemas"]["Planck"];
            /** @description Ever settled in its favour. */
            settled: components["schemas"]["Planck"];
            /** @description On chain, to be paid out at any time. */
            withdrawable: components["schemas"]["Planck"];
        };
        /** @description What an account earned in a while. */
        EarningsBucket: {
            /** @description What the account got of them. */
            earned: components["schemas"]["Planck"];
            /** @description Its beginning, RFC 3339. */
            from: string;
            /**
             * Format: int64
             * @description Ticks settled.
             */
            ticks: number;
            /** @description Tips that the account got. */
            tipped: components["schemas"]["Planck"];
        };
        /** @description `GET /v1/gateway` */
        GatewayInfo: {
            /** @description The account that tickets must name. */
            account: components["schemas"]["Account"];
            /**
             * Format: int32
             * @description Ticks a new session gets before its open is in a block.
             */
            credit_ticks: number;
            /**
             * Format: int32
             * @description Ticks it gets before its open is final.
             */
            credit_ticks_until_final: number;
            /** @description Its public address. */
            endpoint: string;
            /** @description Block 0's hash, in hex. */
            genesis_hash: string;
            /**
             * Format: int32
             * @description Ticks that may be paid ahead of time.
             */
            max_prepaid_ticks: number;
            /** @description The smallest first deposit. */
            min_deposit: components["schemas"]["Planck"];
            /** @description The cheapest tick. */
            min_price: components["schemas"]["Planck"];
            /** @description Where wallets reach a node: WebSocket URLs. */
            nodes: string[];
            /** @description What opening costs. */
            open_fee: components["schemas"]["Planck"];
            /** @description Where encoders publish: the start of an RTMP URL. */
            rtmp_url: string;
            /**
             * Format: int32
             * @description Blocks that a ticket may be valid for.
             */
            ticket_lifetime_blocks: number;
            /** @description Of the software. */
            version: string;
        };
        /** @description What comes in, and what is made of it. */
        IngestHealth: {
            /**
             * Format: int64
             * @description Of the source.
             */
            bitrate_bps: number;
            /** @description A sentence: what is wrong and what would mend it, or that all is well. */
            diagnosis: string;
            /**
             * Format: int64
             * @description Pictures lost.
             */
            dropped_frames: number;
            /**
             * Format: double
             * @description Pictures a second.
             */
            frame_rate: number;
            /** @description Whether nothing has to be mended. */
            is_well?: boolean;
            /** @description Names of the renditions being made. */
            ladder: string[];
            /**
             * Format: int64
             * @description From when something came in to when it was transcoded, in milliseconds; not known at first.
             */
            latency_ms?: number | null;
            /** @description When it went live, RFC 3339. */
            live_since?: string | null;
            /**
             * Format: double
             * @description Times real time; below 1 the transcoder cannot keep up.
             */
            speed: number;
            /** @description `offline`, `live` or `waiting` for a publisher that has gone. */
            state: string;
        };
        /** @description One key. */
        Key: {
            /**
             * Format: int64
             * @description Of which segment.
             */
            index: number;
            /** @description 16 bytes in hex. */
            key: string;
        };
        /** @description What a creator says of a stream: the JSON that is its metadata on chain. */
        Metadata: {
            /**
             * @description Where it belongs.
             * @default
             */
            category: string;
            /**
             * @description What it is about.
             * @default
             */
            description: string;
            /**
             * @description Words to find it by.
             * @default []
             */
            tags: string[];
            /**
             * @description A picture: a URL.
             * @default
             */
            thumbnail: string;
            /**
             * @description What it is called.
             * @default
             */
            title: string;
        };
        /** @description A publish key just made: the only time that its secret is told. */
        NewPublishKey: {
            /** @description Names it. */
            id: string;
            /** @description The secret. */
            key: string;
            /** @description Where HLS or CMAF is put, if the gateway takes that. */
            put_url?: string | null;
            /** @description What OBS calls the stream key. */
            rtmp_stream_key: string;
            /** @description Where OBS publishes to. */
            rtmp_url: string;
        };
        /** @description An announced price. */
        NextPrice: {
            /**
             * Format: int32
             * @description From this block on.
             */
            from_block: number;
            /** @description Of a tick. */
            price_per_tick: components["schemas"]["Planck"];
        };
        /** @description `POST /v1/sessions` */
        OfferTicket: {
            /** @description The signed ticket: SCALE, in hex. */
            ticket: string;
        };
        /** @description `POST /v1/streams/{id}/srt` */
        OpenSrt: {
            /** @description A publish key of the stream: SRT's passphrase. */
            key: string;
        };
        /** @description A page of a list. */
        Page_ClaimView: {
            /** @description What is on it. */
            items: {
                /** @description The element of the tick chain that proves it, in hex. */
                proof: string;
                /** @description Whose. */
                session: components["schemas"]["SessionRef"];
                /**
                 * Format: int32
                 * @description The highest tick let go of.
                 */
                ticks: number;
            }[];
            /** @description Ask with `cursor=` this for the next page; nothing on the last. */
            next_cursor?: string | null;
        };
        /** @description A page of a list. */
        Page_Receipt: {
            /** @description What is on it. */
            items: {
                /** @description RFC 3339. */
                at: string;
                /**
                 * Format: int32
                 * @description The block's number.
                 */
                block: number;
                /** @description What they paid. */
                paid: components["schemas"]["Planck"];
                /**
                 * Format: int32
                 * @description Ticks settled here.
                 */
                ticks: number;
            }[];
            /** @description Ask with `cursor=` this for the next page; nothing on the last. */
            next_cursor?: string | null;
        };
        /** @description A page of a list. */
        Page_RecordingView: {
            /** @description What is on it. */
            items: {
                /**
                 * Format: int64
                 * @description How long the broadcast took; what was not recorded of it is missing.
                 */
                duration_s: number;
                /** @description RFC 3339. */
                ended_at: string;
                /**
                 * Format: int64
                 * @description Of the stream's broadcasts.
                 */
                number: number;
                /** @description Its playlist: a path at this gateway. */
                playlist: string;
                /** @description RFC 3339. */
                started_at: string;
                /** @description Its thumbnails by time, WebVTT: a path at this gateway. */
                storyboard: string;
            }[];
            /** @description Ask with `cursor=` this for the next page; nothing on the last. */
            next_cursor?: string | null;
        };
        /** @description A page of a list. */
        Page_SessionRecord: {
            /** @description What is on it. */
            items: {
                /** @description RFC 3339; nothing while it is open. */
                closed_at?: string | null;
                /** @description Through whom. */
                gateway: components["schemas"]["Account"];
                /**
                 * Format: int32
                 * @description The most ticks it could take.
                 */
                max_ticks: number;
                /** @description RFC 3339. */
                opened_at: string;
                /** @description Planck settled. */
                paid: components["schemas"]["Planck"];
                /** @description Price of a tick. */
                price_per_tick: components["schemas"]["Planck"];
                refunded?: components["schemas"]["Planck"] | null;
                /** @description Which. */
                session: components["schemas"]["SessionRef"];
                /**
                 * Format: int32
                 * @description Ticks settled.
                 */
                settled_ticks: number;
                /** @description What. */
                stream: components["schemas"]["StreamRef"];
                /** @description Who watched. */
                viewer: components["schemas"]["Account"];
            }[];
            /** @description Ask with `cursor=` this for the next page; nothing on the last. */
            next_cursor?: string | null;
        };
        /** @description A page of a list. */
        Page_StreamView: {
            /** @description What is on it. */
            items: {
                /** @description Whose. */
                creator: components["schemas"]["Account"];
                /**
                 * Format: int32
                 * @description The gateway's share, in millionths.
                 */
                gateway_share_ppm: number;
                /** @description Whether media comes in at this gateway. */
                is_live_here: boolean;
                /** @description When it was last live at this gateway, RFC 3339. */
                last_live?: string | null;
                /** @description What its creator says of it. */
                metadata: components["schemas"]["Metadata"];
                next_price?: components["schemas"]["NextPrice"] | null;
                /** @description Its status on chain. */
                phase: components["schemas"]["StreamPhase"];
                /** @description The playlist, while it is live here: a path at this gateway. */
                playlist?: string | null;
                /**
                 * Format: int32
                 * @description Seconds that a viewer sees for nothing.
                 */
                preview_ticks: number;
                /** @description Price of a tick. */
                price_per_tick: components["schemas"]["Planck"];
                /** @description Who shares the income with the creator. */
                splits: components["schemas"]["Split"][];
                /** @description Its number. */
                stream: components["schemas"]["StreamRef"];
                /** @description Planck paid, in all. */
                total_paid: components["schemas"]["Planck"];
                /**
                 * Format: int64
                 * @description Ticks paid, in all.
                 */
                total_ticks: number;
                /** @description Planck tipped, in all. */
                total_tipped: components["schemas"]["Planck"];
                /**
                 * Format: int32
                 * @description Viewers with an open session that paid within the last minute, at this gateway.
                 */
                viewers: number;
            }[];
            /** @description Ask with `cursor=` this for the next page; nothing on the last. */
            next_cursor?: string | null;
        };
        /** @description Answer to what pays: keys, or an advance. */
        Paid: {
            /** @description The keys, in order of their index. */
            keys?: components["schemas"]["Key"][];
            /** @description The session now. */
            session: components["schemas"]["SessionView"];
            /** @description The token to show from now on; only when the request advanced the session. */
            token?: string | null;
        };
        /**
         * @description An amount in planck (10^-12 VLK), as decimal digits.
         * @example 2000000000
         */
        Planck: string;
        /** @description What went wrong, and what to do about it. */
        Problem: {
            /** @description The kind, for programs. */
            code: string;
            /** @description What is wrong this time, in a sentence. */
            detail: string;
            /** @description What would mend it, in a sentence. */
            mend?: string | null;
            /** @description The request's id, as in the gateway's log. */
            request_id?: string | null;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /**
             * Format: int32
             * @description The tick count that the next claim must reach, when ticks are due.
             */
            ticks_due?: number | null;
            /** @description The kind in a few words. */
            title: string;
            /** @description A URI that names the kind of problem: `/problems/` and the code. */
            type: string;
        };
        /** @description A publish key: what an encoder shows to be let in. */
        PublishKeyInfo: {
            /** @description RFC 3339. */
            created_at: string;
            /** @description Names it, and is no secret. */
            id: string;
            /** @description RFC 3339; nothing if never. */
            last_used_at?: string | null;
        };
        /** @description One settlement of a session, as a block has it. */
        Receipt: {
            /** @description RFC 3339. */
            at: string;
            /**
             * Format: int32
             * @description The block's number.
             */
            block: number;
            /** @description What they paid. */
            paid: components["schemas"]["Planck"];
            /**
             * Format: int32
             * @description Ticks settled here.
             */
            ticks: number;
        };
        /** @description A broadcast that is over and can be watched. */
        RecordingView: {
            /**
             * Format: int64
             * @description How long the broadcast took; what was not recorded of it is missing.
             */
            duration_s: number;
            /** @description RFC 3339. */
            ended_at: string;
            /**
             * Format: int64
             * @description Of the stream's broadcasts.
             */
            number: number;
            /** @description Its playlist: a path at this gateway. */
            playlist: string;
            /** @description RFC 3339. */
            started_at: string;
            /** @description Its thumbnails by time, WebVTT: a path at this gateway. */
            storyboard: string;
        };
        /**
         * @description Where a session stands on chain.
         * @enum {string}
         */
        SessionPhase: "offered" | "included" | "open" | "closing" | "closed" | "dead";
        /** @description A session in a list: as finalized blocks have it. */
        SessionRecord: {
            /** @description RFC 3339; nothing while it is open. */
            closed_at?: string | null;
            /** @description Through whom. */
            gateway: components["schemas"]["Account"];
            /**
             * Format: int32
             * @description The most ticks it could take.
             */
            max_ticks: number;
            /** @description RFC 3339. */
            opened_at: string;
            /** @description Planck settled. */
            paid: components["schemas"]["Planck"];
            /** @description Price of a tick. */
            price_per_tick: components["schemas"]["Planck"];
            refunded?: components["schemas"]["Planck"] | null;
            /** @description Which. */
            session: components["schemas"]["SessionRef"];
            /**
             * Format: int32
             * @description Ticks settled.
             */
            settled_ticks: number;
            /** @description What. */
            stream: components["schemas"]["StreamRef"];
            /** @description Who watched. */
            viewer: components["schemas"]["Account"];
        };
        /**
         * @description A session, as 16 bytes in hex.
         * @example 0x00112233445566778899aabbccddeeff
         */
        SessionRef: string;
        /** @description A session as its gateway sees it. */
        SessionView: {
            /**
             * Format: int32
             * @description The most ticks it may take.
             */
            max_ticks: number;
            /**
             * Format: int32
             * @description The highest tick that has been let go of.
             */
            paid_ticks: number;
            /** @description Where it stands. */
            phase: components["schemas"]["SessionPhase"];
            /** @description Price of a tick. */
            price_per_tick: components["schemas"]["Planck"];
            /** @description Which. */
            session: components["schemas"]["SessionRef"];
            /**
             * Format: int32
             * @description Ticks that are settled on chain.
             */
            settled_ticks: number;
            /** @description What is watched. */
            stream: components["schemas"]["StreamRef"];
            /**
             * Format: int32
             * @description Ticks that keys have been given for.
             */
            used_ticks: number;
            /** @description Who watches. */
            viewer: components["schemas"]["Account"];
        };
        /** @description A share of a stream's income. */
        Split: {
            /** @description Whose. */
            account: components["schemas"]["Account"];
            /**
             * Format: int32
             * @description In millionths.
             */
            share_ppm: number;
        };
        /** @description Where SRT is listened for. */
        SrtListener: {
            /** @description The publisher connects here, with the publish key as its passphrase. */
            url: string;
        };
        /**
         * @description A stream's status on chain.
         * @enum {string}
         */
        StreamPhase: "live" | "offline" | "ended" | "suspended";
        /**
         * @description A stream's number, as decimal digits.
         * @example 0
         */
        StreamRef: string;
        /** @description A stream. */
        StreamView: {
            /** @description Whose. */
            creator: components["schemas"]["Account"];
            /**
             * Format: int32
             * @description The gateway's share, in millionths.
             */
            gateway_share_ppm: number;
            /** @description Whether media comes in at this gateway. */
            is_live_here: boolean;
            /** @description When it was last live at this gateway, RFC 3339. */
            last_live?: string | null;
            /** @description What its creator says of it. */
            metadata: components["schemas"]["Metadata"];
            next_price?: components["schemas"]["NextPrice"] | null;
            /** @description Its status on chain. */
            phase: components["schemas"]["StreamPhase"];
            /** @description The playlist, while it is live here: a path at this gateway. */
            playlist?: string | null;
            /**
             * Format: int32
             * @description Seconds that a viewer sees for nothing.
             */
            preview_ticks: number;
            /** @description Price of a tick. */
            price_per_tick: components["schemas"]["Planck"];
            /** @description Who shares the income with the creator. */
            splits: components["schemas"]["Split"][];
            /** @description Its number. */
            stream: components["schemas"]["StreamRef"];
            /** @description Planck paid, in all. */
            total_paid: components["schemas"]["Planck"];
            /**
             * Format: int64
             * @description Ticks paid, in all.
             */
            total_ticks: number;
            /** @description Planck tipped, in all. */
            total_tipped: components["schemas"]["Planck"];
            /**
             * Format: int32
             * @description Viewers with an open session that paid within the last minute, at this gateway.
             */
            viewers: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
