# A thread that is told to halt and gets no processor for a while halts later. It is let go in any case.

using Test
using PolyglotKernel: PolyglotKernel

if PolyglotKernel.can_look()
    function with_child(f)
        # not by `run`: the system's news of its children Julia would take away from the host's code
        pid = PolyglotKernel.spawn(["sleep", "60"], String[], Cint[], Cint(0))
        try
            f(pid)
        finally
            PolyglotKernel.send_signal(pid, Cint(9))
            PolyglotKernel.exit_status(pid, Cint(-1), Cint(0))
        end
    end

    is_halted_now(pid::Cint) = startswith(PolyglotKernel.status_field(pid, "State"), 't')

    function wait_until_halted(pid::Cint)
        while !is_halted_now(pid)
            sleep(0.001)
        end
    end

    @testset "a look meets a thread that an earlier one told to halt" begin
        with_child() do pid
            @test PolyglotKernel.begin_halt(pid)
            wait_until_halted(pid)
            @test PolyglotKernel.send_sigint_where(_ -> false, pid) === :unsafe
            @test !is_halted_now(pid)
            @test !PolyglotKernel.is_halting(pid)
        end
    end

    @testset "who asks for the end of a process lets go of it" begin
        with_child() do pid
            @test PolyglotKernel.begin_halt(pid)
            wait_until_halted(pid)
            @test PolyglotKernel.exit_status(pid, Cint(-1)) === nothing
            @test !is_halted_now(pid)
        end
    end
end
