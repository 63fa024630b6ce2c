# The host with faults of its own: functions that the kernel needs and that throw. Started as host.jl.
empty!(LOAD_PATH)
push!(LOAD_PATH, joinpath(dirname(@__DIR__), "julia"), "@stdlib")
using PolyglotKernel: Host

planted(arguments...) = error("a planted fault")
Host.QUEUED["inspect_request"] = planted
Host.ANSWERED["comm_info_request"] = planted
Host.FRAME_HANDLERS["comm_target"] = planted
Core.eval(Host, quote
    continue_interruption!(::Kernel, ::Float64) = $planted()
    answer_impatient!(::Kernel, ::Float64) = $planted()
    rehearse!(kernel::Kernel) = (kernel.rehearsal = Inf; $planted())
    in_source(job::Job, content::Vector{UInt8}) =
        job.reply_type == "complete_reply" ? $planted() : content
    remember_words!(::Kernel, job::Job) = occursin("planted", job.cell.code) && $planted()
end)

exit(Host.main(ARGS))
