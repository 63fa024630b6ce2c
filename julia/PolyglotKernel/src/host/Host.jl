module Host
end
