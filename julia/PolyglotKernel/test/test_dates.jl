# Dates of messages, as clients write them.

using Test
using PolyglotKernel: PolyglotKernel, read_date, utc_timestamp

@testset "every form of ISO 8601 that clients send" begin
    @test read_date("1970-01-01T00:00:01Z") == 1
    @test read_date("2026-11-29T15:38:16.25Z") == 1_795_966_696.25
    for same in (
        "2026-11-29T15:38:16.250000+00:00", "2026-11-29T16:38:16.250+01:00",
        "2026-11-29T10:08:16.25-0530", "2026-11-29 15:38:16.25",
    )
        @test read_date(same) == read_date("2026-11-29T15:38:16.25Z")
    end
end

@testset "what is written is read, to the microsecond" begin
    for seconds in (0.5, 1_795_966_696.125, time())
        @test read_date(utc_timestamp(seconds)) ≈ seconds atol = 2e-6
    end
end

@testset "what is no date: $text" for text in ("", "yesterday", "2026-11-29", "15:38:16", "0", "٢٠٢٦-11-29T15:38:16")
    @test isnan(read_date(text))
end
